import { below, webDirectory } from '#convergence/services/apache/layout'
import { toAbsolutePath } from '#convergence/syntax/names'

/** What the front answers to mail clients and mail servers, read at each request (MAIL-11). */
export const mailDirectory = below(webDirectory, 'mail')
/** One empty file per domain whose mail is here. */
export const hostedDirectory = below(mailDirectory, 'hosted')
/** One policy per domain that has one (RFC 8461). */
export const policyDirectory = below(mailDirectory, 'mta_sts')
export const configPath = below(mailDirectory, 'config-v1.1.xml')
/** Where the front passes on what needs the address that a client tells. */
export const autodiscoverSocket = toAbsolutePath('/run/tsukasa/autodiscover.sock')
export const autodiscoverProgram = below(mailDirectory, 'autodiscover.py')
