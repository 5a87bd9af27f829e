/**
 * Well-known services of the user ports, 1024 to 49151 (RFC 6335 section 6),
 * and of some ports that are used without being registered.
 *
 * @module
 */

/**
 * Registered services, in the form of {@linkcode SYSTEM_PORTS} of the file
 * beside this one.
 */
export const USER_PORTS: string = `
socks            1080/tcp
rootd            1094/tcp        xrootd
rmiregistry      1099/tcp
openvpn          1194/tcp/udp
nessus           1241/tcp
lotusnote        1352/tcp        lotusnotes
ms-sql-s         1433/tcp        mssql
ms-sql-m         1434/udp
ncube-lm         1521/tcp        oracle
ingreslock       1524/tcp
datametrics      1645/udp        old-radius
sa-msg-port      1646/udp        old-radacct
l2f              1701/udp        l2tp
h323gatedisc     1718/udp
h323gatestat     1719/udp
h323hostcall     1720/tcp
pptp             1723/tcp
ms-streaming     1755/tcp
radius           1812/tcp/udp
radius-acct      1813/tcp/udp    radacct
msnp             1863/tcp
mqtt             1883/tcp
ssdp             1900/udp        upnp
rtmp             1935/tcp        macromedia-fcs
hsrp             1985/udp
cisco-sccp       2000/tcp        skinny
nfs              2049/tcp/udp
radsec           2083/tcp/udp
rtcm-sc104       2101/tcp        ntrip
gtp-control      2123/udp
gtp-user         2152/udp
EtherNet-IP-1    2222/udp
docker           2375/tcp
docker-s         2376/tcp
swarm            2377/tcp
etcd-client      2379/tcp
etcd-server      2380/tcp
cvspserver       2401/tcp        cvs
iec-104          2404/tcp
mgcp-gateway     2427/udp
dict             2628/tcp
mgcp-callagent   2727/udp
megaco-h248      2944/udp
gpsd             2947/tcp
gds-db           3050/tcp        gds_db firebird
icpv2            3130/udp        icp
isns             3205/tcp/udp
iscsi-target     3260/tcp
ceph             3300/tcp
mysql            3306/tcp        mariadb
ms-wbt-server    3389/tcp/udp    rdp
stun             3478/tcp/udp    turn
nut              3493/tcp/udp
teredo           3544/udp
distcc           3632/tcp
daap             3689/tcp
svn              3690/tcp        subversion
ws-discovery     3702/udp
bfd-control      3784/udp
bfd-echo         3785/udp
diameter         3868/tcp/sctp
altserviceboot   4011/udp        pxe
sieve            4190/tcp        managesieve
epmd             4369/tcp
ntske            4460/tcp        nts-ke
ipsec-nat-t      4500/udp
hylafax          4559/tcp
iax              4569/udp
gearman          4730/tcp
ipfix            4739/tcp/udp/sctp
vxlan            4789/udp
opcua-tcp        4840/tcp        opcua
hislip           4880/tcp
radmin-port      4899/tcp        radmin
munin            4949/tcp
avt-profile-1    5004/udp        rtp
avt-profile-2    5005/udp        rtcp
scpi-raw         5025/tcp
sip              5060/tcp/udp
sips             5061/tcp        sip-tls
aol              5190/tcp
xmpp-client      5222/tcp        jabber-client
capwap-control   5246/udp
capwap-data      5247/udp
xmpp-server      5269/tcp        jabber-server
xmpp-bosh        5280/tcp
cfengine         5308/tcp
stuns            5349/tcp/udp    turns
nat-pmp          5351/udp        pcp
mdns             5353/udp        zeroconf
llmnr            5355/tcp/udp
postgresql       5432/tcp        postgres
freeciv          5556/tcp
sdt              5568/udp        sacn acn
nrpe             5666/tcp
nsca             5667/tcp
amqps            5671/tcp
amqp             5672/tcp        rabbitmq
coap             5683/tcp/udp
coaps            5684/tcp/udp
rfb              5900/tcp        vnc vnc-server
couchdb          5984/tcp
wsman            5985/tcp        winrm
wsmans           5986/tcp
wbem-http        5988/tcp
wbem-https       5989/tcp
x11              6000/tcp        x11-0
x11-ssh-offset   6010/tcp
geneve           6081/udp
sflow            6343/udp
gnutella-svc     6346/tcp/udp
gnutella-rtr     6347/tcp/udp
redis            6379/tcp
artnet           6454/udp        art-net
syslog-tls       6514/tcp/udp
sane-port        6566/tcp        sane
openflow         6653/tcp
ircu             6667/tcp        ircd
babel            6696/udp
ircs-u           6697/tcp
afs3-fileserver  7000/udp
afs3-callback    7001/udp
afs3-prserver    7002/udp
afs3-vlserver    7003/udp
font-service     7100/tcp        xfs
neo4j            7474/tcp
cwmp             7547/tcp        tr-069
bolt             7687/tcp
http-alt         8080/tcp        webcache http-proxy
privoxy          8118/tcp
puppet           8140/tcp
bitcoin          8333/tcp
pcsync-https     8443/tcp        https-alt
matrix-fed       8448/tcp
secure-mqtt      8883/tcp        mqtts
pdl-datastream   9100/tcp        jetdirect hp-pdl-datastr
bacula-dir       9101/tcp
bacula-fd        9102/tcp
bacula-sd        9103/tcp
git              9418/tcp
ndmp             10000/tcp
zabbix-agent     10050/tcp
zabbix-trapper   10051/tcp
amanda           10080/tcp/udp
nmea-0183        10110/tcp/udp
nbd              10809/tcp
memcache         11211/tcp/udp   memcached
dicom            11112/tcp
hkp              11371/tcp
db-lsp           17500/tcp       dropbox
dnp              20000/tcp/udp   dnp3
binkp            24554/tcp
quake            26000/tcp/udp
mongodb          27017/tcp
traceroute       33434/udp
EtherNet-IP-2    44818/tcp/udp
bacnet           47808/udp
`;

/**
 * Ports that everybody uses so, although they are registered to nobody or to
 * something that is hardly met.
 */
export const CUSTOMARY_PORTS: string = `
netflow          2055/udp
zookeeper        2181/tcp
zebra            2601/tcp
ripd             2602/tcp
ripngd           2603/tcp
ospfd            2604/tcp
bgpd             2605/tcp
ospf6d           2606/tcp
isisd            2608/tcp
grafana          3000/tcp
squid            3128/tcp
nats             4222/tcp
iperf            5001/tcp/udp
iperf3           5201/tcp/udp
kibana           5601/tcp
kube-apiserver   6443/tcp        kubernetes
ceph-mon         6789/tcp
influxdb         8086/tcp
vault            8200/tcp
consul           8500/tcp
cassandra        9042/tcp
tor-socks        9050/tcp        tor
prometheus       9090/tcp
kafka            9092/tcp
elasticsearch    9200/tcp
webmin           10000/tcp
kubelet          10250/tcp
minecraft        25565/tcp
wireguard        51820/udp
`;
