import { panelKey } from '#compute/panel_key'

/** Where the panel's key lies on every server: only root writes there. */
const folder = '/etc/ssh/authorized_keys.d'

/**
 * SRV-02: one line for root of a machine that is to be adopted. It lets the panel in at the port that all servers have, keeps the way in that there
 * was, and prints the fingerprint that the panel's page is compared with. Again, it changes nothing more.
 */
export async function wayIn(): Promise<string> {
  const { publicKey } = await panelKey()
  const keys = `${folder}/root`
  return [
    `install -d -m 755 ${folder}`,
    `{ grep -qsxF '${publicKey}' ${keys} || echo '${publicKey}' >> ${keys}; }`,
    `chmod 600 ${keys}`,
    `{ sshd -T | grep -qx 'port 11122' || printf 'Port 22\\nPort 11122\\nAuthorizedKeysFile ${folder}/%%u .ssh/authorized_keys\\n' > /etc/ssh/sshd_config.d/10-tsukasa.conf; }`,
    'sshd -t',
    'systemctl reload ssh',
    'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  ].join(' && ')
}
