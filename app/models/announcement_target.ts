import { AnnouncementTargetSchema } from '#database/schema'

/** OPS-07: a contract, a server or a compute node whose customers an announcement is for. */
export default class AnnouncementTarget extends AnnouncementTargetSchema {}
