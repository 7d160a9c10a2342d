import {
  autodiscoverSocket,
  configPath,
  hostedDirectory,
  mailDirectory,
  policyDirectory,
} from '#convergence/services/autoconfig/layout'

/**
 * Rules of the front, after it knows which name was asked for (SITE). At a domain's own name only the two
 * well-known paths are taken, and only while its mail is here.
 */
export const mailRules = `# Mail clients look for their settings, other mail servers for a domain's policy (MAIL-11).
RewriteCond %{ENV:SITE} ^autoconfig\\.(.+)$
RewriteCond ${hostedDirectory}/%1 -f
RewriteRule ^/mail/config-v1\\.1\\.xml$ ${configPath} [END]
RewriteCond %{ENV:SITE} ^(?:autoconfig\\.)?(.+)$
RewriteCond ${hostedDirectory}/%1 -f
RewriteRule ^/\\.well-known/autoconfig/mail/config-v1\\.1\\.xml$ ${configPath} [END]
RewriteCond %{ENV:SITE} ^(?:autodiscover\\.)?(.+)$
RewriteCond ${hostedDirectory}/%1 -f
RewriteRule ^/autodiscover/autodiscover\\.xml$ unix:${autodiscoverSocket}|http://localhost/ [P,NC,QSD]
RewriteCond %{ENV:SITE} ^mta-sts\\.(.+)$
RewriteCond ${policyDirectory}/%1 -f
RewriteRule ^/\\.well-known/mta-sts\\.txt$ ${policyDirectory}/%1 [END]`

export const mailServing = `<Directory "${mailDirectory}">
  Require all denied
  <Files "config-v1.1.xml">
    Require all granted
    ForceType "text/xml; charset=utf-8"
  </Files>
</Directory>
<Directory "${policyDirectory}">
  Require all granted
  ForceType text/plain
</Directory>`
