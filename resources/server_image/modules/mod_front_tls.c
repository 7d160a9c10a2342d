/*
 * A site's Apache sits behind the front, which ends TLS. What a request came by is known from the port that it
 * reached; this says so to whoever asks whether a connection is encrypted: %{HTTPS} of mod_rewrite and of expressions.
 *
 *   FrontTLS On   (server configuration, virtual host): connections of this host were encrypted up to the front
 */
#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"
#include "http_ssl.h"

module AP_MODULE_DECLARE_DATA front_tls_module;

typedef struct {
    int on;
} host_config;

static void *create_host(apr_pool_t *pool, server_rec *host)
{
    return apr_pcalloc(pool, sizeof(host_config));
}

/* Nothing is inherited: what holds for one port says nothing about another. */
static void *merge_host(apr_pool_t *pool, void *base, void *added)
{
    return added;
}

static const char *set_on(cmd_parms *command, void *unused, int on)
{
    host_config *config = ap_get_module_config(command->server->module_config, &front_tls_module);
    config->on = on;
    return NULL;
}

/* Each of the hosts has an address and port of its own, so the connection alone tells which it is. */
static int is_encrypted(conn_rec *connection)
{
    host_config *config = ap_get_module_config(connection->base_server->module_config, &front_tls_module);
    return config->on && !connection->outgoing ? OK : DECLINED;
}

/* Not in .htaccess: whether it was encrypted is nothing that a site decides. */
static const command_rec commands[] = {
    AP_INIT_FLAG("FrontTLS", set_on, NULL, RSRC_CONF, "On if the front took these connections by TLS"),
    { NULL }
};

static void hooks(apr_pool_t *pool)
{
    ap_hook_ssl_conn_is_ssl(is_encrypted, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(front_tls) = {
    STANDARD20_MODULE_STUFF,
    NULL,
    NULL,
    create_host,
    merge_host,
    commands,
    hooks,
    AP_MODULE_FLAG_NONE
};
