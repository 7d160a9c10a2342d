import type { RecordType } from '#models/zone/types'

/** What is typed as a value, for who hasn't seen any. */
export const recordExamples: Readonly<Record<RecordType, string>> = {
  A: '192.0.2.1',
  AAAA: '2001:db8::1',
  CNAME: 'www.example.com',
  MX: '10 mail.example.jp',
  TXT: 'v=spf1 include:_spf.example.com ~all',
  NS: 'ns1.example.com',
  SRV: '10 60 5060 sip.example.jp',
  CAA: '0 issue letsencrypt.org',
  PTR: 'www.example.jp',
  SSHFP: '4 2 9f86d081…',
  TLSA: '3 1 1 9f86d081…',
  HTTPS: '1 . alpn=h3,h2',
  SVCB: '1 svc.example.jp port=8443',
  NAPTR: '100 10 "S" "SIP+D2U" "" _sip._udp.example.jp',
  DS: '12345 13 2 9f86d081…',
}
