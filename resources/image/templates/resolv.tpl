{% if config_get("user.nameserver", "") != "" %}nameserver {{ config_get("user.nameserver", "") }}
{% endif %}options timeout:2 attempts:1
