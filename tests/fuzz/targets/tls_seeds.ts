/**
 * What two ends of TLS once said to each other, always the same: keys and
 * numbers that are made anew would be other inputs every time.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";

/** A certificate for localhost, 127.0.0.1 and ::1, signed by itself (DER). */
export const CERTIFICATE: Bytes = Uint8Array.fromBase64(
  "MIIBwzCCAWmgAwIBAgIQf+5EuTNVetpjUUA/D1ULSzAKBggqhkjOPQQDAjAQMQ4wDAYD" +
    "VQQDDAVXaGFyZjAeFw0yNjExMjEwMjIzNDdaFw0zNjExMjIwMjIzNDdaMBAxDjAMBgNV" +
    "BAMMBVdoYXJmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEW5t9Tlg8mMf+ZGyV4QCD" +
    "fMEeNLoRBww3CChLpV1U0pGgCaMtmpE8HNDJKyLyw2Eu9Nc5ym5xt69Q38NlJhX/NaOB" +
    "pDCBoTAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUZbT0drlV" +
    "6Sj91uhOj3gVQC00hCUwHwYDVR0jBBgwFoAUZbT0drlV6Sj91uhOj3gVQC00hCUwEwYD" +
    "VR0lBAwwCgYIKwYBBQUHAwEwLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAA" +
    "AAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0gAMEUCIQDsDqHZ7fT5wpAjVF4wva1v2oTD" +
    "djKnrO6FevYNyD6KvgIgcx3iIvZWOddrL8q6/CYowOStNHNtNza6NX7VDXfmucs=",
);

/** What clients say first, in TLS 1.2 and 1.3. */
export const CLIENT_HELLOS: readonly Bytes[] = [
  Uint8Array.fromBase64(
    "FgMBAKEBAACdAwPOB0yxAMSDi5pxtRHQEkAcZFlBI/CB5h6NQvvZpmi1sQAAFBMCEwET" +
      "A8AswCvMqcAwwC/MqAD/AQAAYAAKAAgABgAdABcAGAArAAMCAwMAFwAAAAsAAgEAAAAA" +
      "DgAMAAAJbG9jYWxob3N0AA0AFgAUBQMEAwYDCAcIBggFCAQGAQUBBAEABQAFAQAAAAAA" +
      "IwAAABAABgAEA2Z0cA==",
  ),
  Uint8Array.fromBase64(
    "FgMBAPUBAADxAwM6cEjiUwrrw/5zyL+Em0isYToJSvPSsLjN2WP4RKI6SiAlLYIhUYT/" +
      "XQIIoaVzPU+TSppfTjcgpAYSN5U8AuWhgQAUEwITARMDwCzAK8ypwDDAL8yoAP8BAACU" +
      "AAUABQEAAAAAACMAAAAtAAIBAQAzACYAJAAdACAkf3Cb9U6oH9eBFcUwwaRlRyakqloR" +
      "crDepQqmrQGNfwArAAUEAwQDAwAQAAYABANmdHAACwACAQAACgAKAAgAHQAXABgR7AAA" +
      "AA4ADAAACWxvY2FsaG9zdAANABYAFAUDBAMGAwgHCAYIBQgEBgEFAQQBABcAAA==",
  ),
];

/** What servers answer. */
export const SERVER_HELLOS: readonly Bytes[] = [
  Uint8Array.fromBase64(
    "FgMDAq8CAABjAwPqB2YH2zfEHjfORLvizbekkcoBGTkAceRET1dOR1JEASB41mSZNF5j" +
      "lWqJoX958PEPl0YsZDw+3A6xG8S9b5taUMAsAAAbAAAAAAAjAAD/AQABAAAQAAYABANm" +
      "dHAAFwAACwABzQABygABxzCCAcMwggFpoAMCAQICEH/uRLkzVXraY1FAPw9VC0swCgYI" +
      "KoZIzj0EAwIwEDEOMAwGA1UEAwwFV2hhcmYwHhcNMjYxMTIxMDIyMzQ3WhcNMzYxMTIy" +
      "MDIyMzQ3WjAQMQ4wDAYDVQQDDAVXaGFyZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA" +
      "BFubfU5YPJjH/mRsleEAg3zBHjS6EQcMNwgoS6VdVNKRoAmjLZqRPBzQySsi8sNhLvTX" +
      "OcpucbevUN/DZSYV/zWjgaQwgaEwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4Aw" +
      "HQYDVR0OBBYEFGW09Ha5Veko/dboTo94FUAtNIQlMB8GA1UdIwQYMBaAFGW09Ha5Veko" +
      "/dboTo94FUAtNIQlMBMGA1UdJQQMMAoGCCsGAQUFBwMBMCwGA1UdEQQlMCOCCWxvY2Fs" +
      "aG9zdIcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAATAKBggqhkjOPQQDAgNIADBFAiEA7A6h" +
      "2e30+cKQI1ReML2tb9qEw3Yyp6zuhXr2Dcg+ir4CIHMd4iL2VjnXay/KuvwmKMDkrTRz" +
      "bTc2ujV+1Q135rnLDAAAbwMAHSAbqIdKO6wiYSV6RAsLg6FqiZ9SgVbZRoErfBuLRl65" +
      "CwQDAEcwRQIhANQaeegEeu8XTnVEBtBiBrNXSnPjAslKl6tk2wI5hMadAiBkLhXHYxMu" +
      "e5cPoDbx6XJ9I++EwKzBFPny19IvINj9MQ4AAAA=",
  ),
  Uint8Array.fromBase64(
    "FgMDAHoCAAB2AwM4duyTd8iMUXLjNKpolDMH7JVcPk5sjw5/UJaVl2LjFSAlLYIhUYT/" +
      "XQIIoaVzPU+TSppfTjcgpAYSN5U8AuWhgRMCAAAuADMAJAAdACCrUl6P2O+cg+xZTbSt" +
      "9w9dXeR9e5drF5JA9HrnOWBnHgArAAIDBBQDAwABARcDAwJ9d/c5iT72jB/IdWfECo/p" +
      "sJLfSlFvj2QUf/VdvxcbuLYdHE7b/LWysBFkOFNAsSyhmDau2h4uYEehMjPARQNjAtdl" +
      "jQUo5j3ut2+10fZz4nkCQLyuiu1oLNWYzFyHubAkB8NSE6tiCWLESzmLYikxlrStuJvn" +
      "YMqPsF3CxgriJtvPB7fy5b2nCOKW8GWmOgYamzi9o0ge3VHlkaGk7DaQ0Te+5r5Vau5z" +
      "ihtEi71eSgLAJxUe92q+33WOi3YzEOtLVmKnpJwGo0g4U2Rm5lvy/zzymxlmxp5na8al" +
      "+U5JhwegzU0MpLX1ylhdkjgDK2yqKwnnnI3lieNGH4mIzi4ieGJsTb21i+V6XXWaaLz+" +
      "9gssTpUbAgmGQ6EpZqyiIu1++l7yXJxt55SZZwwX3qaMFD7a/7/URlQV4Hmyabysof/Q" +
      "JzsPgFAew4aZodh1GZ3AbDomKMa25T7znlcAY0H5LIPGVbxeSoZaugQqkF1FM8vojj2U" +
      "1geNt1Y8cDLAMNSx5buCYJUnkos+oNoq0hzbg5tACe1sABf/OuWkjVu/SkM37d8G32Bg" +
      "5nrPv5eU2zCWE/qXJVA7DMcFIqoO8dlvoEfx1WYWnmjOT5bRkoKar12HpKpm4KtHTNa5" +
      "t4HpWxllmjTkxkRxwFeLqeByrONaK4JxFIklGWAcpjnnZVnlW+jwDMCkH7wq6MxMSymN" +
      "OsMTmzrX+c+85IdZlog6P/AmglkYcHCSuTbScS99Fw+wOc0qEo3ItmVR4N1Ti24UDMpN" +
      "avCnrktD+Vbfv3MH2I0gFXxmPdp7Nr8Pi4t7vcftFHhvbzbBOg8eVShHdyu7MvhGDoYh" +
      "BWw0TiS1AJYVVg==",
  ),
];
