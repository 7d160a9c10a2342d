/**
 * logrotate.conf(5): one file a day of what daemons write into a directory of their own, for five weeks. `afterwards`:
 * commands that make them open new files; without any, each of their processes opens them anew anyway.
 */
export function dailyRotation(directory: string, afterwards: readonly string[] = []): string {
  return `${directory}/*.log {
  ${[...daily, ...postrotate(afterwards)].join('\n  ')}
}
`
}

const daily = [
  ...['daily', 'rotate 35', 'dateext', 'missingok', 'notifempty', 'compress', 'delaycompress'],
  'create 0600 root root',
]

function postrotate(commands: readonly string[]): string[] {
  if (commands.length === 0) return []
  return ['sharedscripts', 'postrotate', ...commands.map((each) => `  ${each}`), 'endscript']
}
