/**
 * Certificates that are well-formed and belong to their keys, and that the
 * runtime still can't serve. Made with OpenSSL, until 2126:
 *
 * ```sh
 * openssl req -x509 -nodes -days 36500 -subj /CN=localhost -newkey ...
 * ```
 *
 * @module
 */

import type { CertificateAndKey } from "../../lib/x509.ts";

/** `-newkey ed448`: nothing here signs with such a key. */
export const ED448: CertificateAndKey = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBijCCAQqgAwIBAgIUF34B2hl7X4JW9xvR+dCM59+H3sgwBQYDK2VxMBQxEjAQ
BgNVBAMMCWxvY2FsaG9zdDAgFw0yNjExMjEyMTIzNDBaGA8yMTI2MTAyODIxMjM0
MFowFDESMBAGA1UEAwwJbG9jYWxob3N0MEMwBQYDK2VxAzoAJgjrny3lGsUXVl/H
nlZuTwQWz66iwHmcQW2X+E99GUCQ0zkL55YWXN8Gm1kIvE79zb6YAOyEJ2QAo1Mw
UTAdBgNVHQ4EFgQUGB7RrTwqVoutQuwSOQGXby3YKEwwHwYDVR0jBBgwFoAUGB7R
rTwqVoutQuwSOQGXby3YKEwwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXEDcwCiQ/C/
OWNwt+wgkZsUHFXvBhsHR6eVdQG+GhkHIOkzuoSzmJtI6qkgW8raKKUkHRe9SG3r
AUorHwA4IOYR+eEStvoVidi1o9TRGjdGs3pqc6wYE+lqIBa6QL28mg2foU9HZ3Ng
vCkXQAiX9qaszr92CAA=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MEcCAQAwBQYDK2VxBDsEObqQsrIG0Wnix8xch0WQZ40UbtyrECQgJPhmHPP+6mUC
mWGcGd2TU5wz46Rcvha4b1zAIjMeixsCcQ==
-----END PRIVATE KEY-----
`,
};

/** `-newkey ec -pkeyopt ec_paramgen_curve:secp256k1`, likewise. */
export const SECP256K1: CertificateAndKey = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBezCCASKgAwIBAgIUA5sYQQpY42wsSPDmnV5K9f48bXkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIxMjM0MFoYDzIxMjYxMDI4
MjEyMzQwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwVjAQBgcqhkjOPQIBBgUrgQQA
CgNCAASQsk+8Xb0ymCkOU7x6kqRTqvWYVlysvJIMYGgG/n2ItpZj9Y48WNdOaWZN
tP9AHAuW4mkyPHfYo67Dex7h9rMeo1MwUTAdBgNVHQ4EFgQUd9H8bRkCD+CXcEDO
oosJmTKl8pEwHwYDVR0jBBgwFoAUd9H8bRkCD+CXcEDOoosJmTKl8pEwDwYDVR0T
AQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiADcyKndvH/OxxDkzJ+GEozsHdV
2MJsb8V51RBph52q9wIga/xvQdRfrozP7CuJ4vBaNs+wChLBaKmG9bnhp9o7f4s=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgz3xy+XjU9RsNdSWPvKSn
zWXXcnNXQivAwmg9uPm2zqmhRANCAASQsk+8Xb0ymCkOU7x6kqRTqvWYVlysvJIM
YGgG/n2ItpZj9Y48WNdOaWZNtP9AHAuW4mkyPHfYo67Dex7h9rMe
-----END PRIVATE KEY-----
`,
};

/** P-256 and `-addext 1.2.3.4=critical,ASN1:NULL`, which nobody knows. */
export const STRANGE: CertificateAndKey = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBjDCCATOgAwIBAgIUKeU5iWVYd0tUTWlxJtg1PbVSIDEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIxMjM0MFoYDzIxMjYxMDI4
MjEyMzQwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATZND41j51GruZWq1TGrP3NKutATkuRcLwHXbn32Fs6AFQWb6v6CH0k
O4HpWgWEi1HpGiNaMK0qp+TiUyWCQje8o2EwXzAdBgNVHQ4EFgQUJaJS9BAnn164
WMDsaoaSVTr2ngQwHwYDVR0jBBgwFoAUJaJS9BAnn164WMDsaoaSVTr2ngQwDwYD
VR0TAQH/BAUwAwEB/zAMBgMqAwQBAf8EAgUAMAoGCCqGSM49BAMCA0cAMEQCIBed
1qWmUavzZhK/YaIXdT57sL9j/lhBZwaCan3/A9bjAiAdaClgAIN7aUxfHahZaFNG
joyE1VpRhE1uZja2lq+Gdw==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4aCVydiSjC83BLwN
5aaXkVdDQXcroZYV7yTF5K/AtPahRANCAATZND41j51GruZWq1TGrP3NKutATkuR
cLwHXbn32Fs6AFQWb6v6CH0kO4HpWgWEi1HpGiNaMK0qp+TiUyWCQje8
-----END PRIVATE KEY-----
`,
};
