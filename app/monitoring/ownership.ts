import { readPublicFile, type PublicFile } from '#clients/public_file'
import type NameClaim from '#models/name_claim'
import type { Proof } from '#models/name_claim'
import { Dns } from '#monitoring/dns'

/** What was found instead of the proof; the words for it are in resources/lang (`messages.ownership`). */
export interface Findings {
  readonly proof: Proof | null
  readonly txt: 'found' | 'missing' | 'differs' | 'no_answer'
  readonly file: 'found' | 'differs' | 'status' | Exclude<PublicFile['state'], 'read' | 'status'>
  /** Of `file`, where it is `status`. */
  readonly status: number
}

type Claimed = Pick<NameClaim, 'name' | 'record' | 'file'>

/** DOM-01: asks the zone and the present site of a name for what only its owner can have put there. */
export async function findProof(claim: Claimed): Promise<Findings> {
  const [txt, file] = await Promise.all([lookForText(claim), lookForFile(claim)])
  const fileState = stateOf(file, claim)
  const proof = txt === 'found' ? 'txt' : fileState === 'found' ? 'file' : null
  return { proof, txt, file: fileState, status: file.state === 'status' ? file.status : 0 }
}

async function lookForText({ record }: Claimed): Promise<Findings['txt']> {
  try {
    const found = await Dns.within((dns) => dns.texts(record.name))
    if (found.some((text) => text.trim() === record.value)) return 'found'
    return found.length > 0 ? 'differs' : 'missing'
  } catch {
    return 'no_answer'
  }
}

/** Many sites send everybody on to HTTPS: that is asked by itself instead of following them. */
async function lookForFile({ name, file }: Claimed): Promise<PublicFile> {
  const addresses = await Dns.within((dns) => dns.addresses(name)).catch(() => null)
  if (addresses === null) return { state: 'no_answer' }
  const question = { host: name, path: file.path, addresses }
  const plain = await readPublicFile({ ...question, isSecure: false })
  if (plain.state !== 'redirect' && plain.state !== 'no_answer') return plain
  const secure = await readPublicFile({ ...question, isSecure: true })
  return secure.state === 'no_answer' ? plain : secure
}

function stateOf(found: PublicFile, { file }: Claimed): Findings['file'] {
  if (found.state !== 'read') return found.state
  return found.text.trim() === file.content ? 'found' : 'differs'
}
