/**
 * Well-known services of the system ports, 0 to 1023 (RFC 6335 section 6).
 *
 * @module
 */

/**
 * One service a line, as in a system's file of services: name, port, the
 * protocols it is spoken over, and its other names. Names are IANA's; the
 * other names are those of systems and of everyday talk.
 */
export const SYSTEM_PORTS: string = `
tcpmux           1/tcp
rje              5/tcp
echo             7/tcp/udp
discard          9/tcp/udp       sink null
systat           11/tcp          users
daytime          13/tcp/udp
netstat          15/tcp
qotd             17/tcp/udp      quote
msp              18/tcp/udp
chargen          19/tcp/udp      ttytst source
ftp-data         20/tcp
ftp              21/tcp
fsp              21/udp
ssh              22/tcp
telnet           23/tcp
smtp             25/tcp          mail
time             37/tcp/udp      timserver
rlp              39/udp          resource
nameserver       42/tcp/udp      name wins
whois            43/tcp          nicname
tacacs           49/tcp/udp
domain           53/tcp/udp      dns
bootps           67/udp          dhcp
bootpc           68/udp
tftp             69/udp
gopher           70/tcp
finger           79/tcp
http             80/tcp          www
kerberos         88/tcp/udp      kerberos5 krb5 kerberos-sec
supdup           95/tcp
hostname         101/tcp         hostnames
iso-tsap         102/tcp         tsap
acr-nema         104/tcp
poppassd         106/tcp
rtelnet          107/tcp
pop2             109/tcp         pop-2 postoffice
pop3             110/tcp         pop-3
sunrpc           111/tcp/udp     portmapper rpcbind
auth             113/tcp         ident tap authentication
sftp             115/tcp
uucp-path        117/tcp
nntp             119/tcp         readnews untp
ntp              123/udp
epmap            135/tcp/udp     loc-srv
netbios-ns       137/udp
netbios-dgm      138/udp
netbios-ssn      139/tcp
imap             143/tcp         imap2
snmp             161/tcp/udp
snmptrap         162/tcp/udp     snmp-trap
mailq            174/tcp
xdmcp            177/udp
bgp              179/tcp
irc              194/tcp/udp
smux             199/tcp
qmtp             209/tcp
z3950            210/tcp         wais
ipx              213/udp
imap3            220/tcp
asip-webadmin    311/tcp
ptp-event        319/udp
ptp-general      320/udp
rpc2portmap      369/tcp/udp
codaauth2        370/udp
clearcase        371/udp
ldap             389/tcp/udp
imsp             406/tcp
svrloc           427/tcp/udp     slp
mobileip-agent   434/udp         mobile-ip
https            443/tcp/udp     http3
snpp             444/tcp
microsoft-ds     445/tcp/udp     smb cifs
kpasswd          464/tcp/udp
submissions      465/tcp         smtps ssmtp urd
saft             487/tcp
isakmp           500/udp         ike
mbap             502/tcp         modbus asa-appl-proto
exec             512/tcp         rexec
biff             512/udp         comsat
login            513/tcp         rlogin
who              513/udp         whod
shell            514/tcp         cmd rsh
syslog           514/udp
printer          515/tcp         spooler lpd
talk             517/udp
ntalk            518/udp
router           520/udp         route routed rip
ripng            521/udp
ibm-db2          523/tcp         db2
timed            525/udp         timeserver
tempo            526/tcp         newdate
courier          530/tcp         rpc
conference       531/tcp         chat
netnews          532/tcp
netwall          533/udp
gdomap           538/tcp/udp
uucp             540/tcp         uucpd
klogin           543/tcp
kshell           544/tcp         krcmd
dhcpv6-client    546/udp
dhcpv6-server    547/udp
afpovertcp       548/tcp         afp
rtsp             554/tcp/udp
remotefs         556/tcp         rfs rfs_server
nntps            563/tcp         snntp
submission       587/tcp
http-rpc-epmap   593/tcp
nqs              607/tcp
asf-rmcp         623/udp         ipmi
qmqp             628/tcp
ipp              631/tcp/udp     cups
ldaps            636/tcp/udp
ldp              646/tcp/udp
tinc             655/tcp/udp
doom             666/tcp/udp
acap             674/tcp
olsr             698/udp
epp              700/tcp
silc             706/tcp
kerberos-adm     749/tcp
kerberos-iv      750/udp         kerberos4 kdc
krb_prop         754/tcp         krb-prop krb5_prop hprop
spamd            783/tcp
netconf-ssh      830/tcp
domain-s         853/tcp/udp     dot dns-over-tls
iscsi            860/tcp
owamp-control    861/tcp
twamp-control    862/tcp
rsync            873/tcp
swat             901/tcp
rndc             953/tcp
ftps-data        989/tcp
ftps             990/tcp
telnets          992/tcp
imaps            993/tcp
ircs             994/tcp
pop3s            995/tcp
`;
