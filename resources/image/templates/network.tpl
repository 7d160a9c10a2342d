[Match]
Name=eth0

[Network]
Address={{ config_get("user.address", "") }}
Gateway={{ config_get("user.gateway", "") }}
DHCP=no
IPv6AcceptRA=no
LinkLocalAddressing=no
