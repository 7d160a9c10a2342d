/** OPS-07: how long somebody has to choose his first password: a letter is on its way for some days. */
export const invitationDays = 14

/** Tries of links that don't exist, from one address in a quarter of an hour; letters are typed by hand. */
export const invitationTries = 20

/** OPS-07: how long staff look at a customer's pages before they have to say again why. */
export const viewMinutes = 30
