import { ServerAddressSchema } from '#database/schema'

/** One address of a node's pool; free while `serverId` is null. */
export default class ServerAddress extends ServerAddressSchema {}
