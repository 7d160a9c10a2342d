/** MAIL-06: who may post, from the most open on. */
export const postings = ['anyone', 'members', 'moderators'] as const
export type Posting = (typeof postings)[number]

/** What waits for a moderator: nothing, posts of those who may not post, or every post. */
export const moderations = ['none', 'others', 'all'] as const
export type Moderation = (typeof moderations)[number]

/** Where an answer to a post goes. */
export const replyTargets = ['list', 'author'] as const
export type ReplyTarget = (typeof replyTargets)[number]

export const longestPrefix = 30
export const mostModerators = 20

/** What a list can have set besides its name. */
export interface ListSettings {
  readonly description: string | null
  readonly posting: Posting
  readonly moderation: Moderation
  /** In front of each subject, e.g. `[news]`; null: none. */
  readonly subjectPrefix: string | null
  /** People join by mail after they confirmed it. */
  readonly autoSubscription: boolean
  readonly archive: boolean
  readonly replyTo: ReplyTarget
}

export interface NewMailingList extends Partial<ListSettings> {
  /** As `checkListName` answered it. */
  readonly localPart: string
  /** As `checkForward` answered them; none: the domain admin decides in the panel. */
  readonly moderators?: readonly string[]
}

/** Absent: stays as it is. */
export interface MailingListChange extends Partial<ListSettings> {
  readonly moderators?: readonly string[]
}
