import type Contract from '#models/contract'

/** OPS-07: the link is printed only when somebody asks for it; in a mail nobody but the customer sees it. */
export async function invite(contract: Contract, letter: boolean) {
  const { invitationUrl } = await import('#mails/password_invitation')
  const { default: PasswordInvitation } = await import('#models/password_invitation')
  const { code, noticeAddress } = contract
  const account = await contract.contractor()
  if (!letter) {
    await PasswordInvitation.byMail(account, { staff: null })
    const words = `${noticeAddress} にパスワード設定のリンクを送ります`
    return { words, facts: { contract: code, mailed: noticeAddress } }
  }
  const { invitation, token } = await PasswordInvitation.byLetter(account, { staff: null })
  const url = invitationUrl(token)
  const until = invitation.expiresAt.toISO()
  return {
    words: `リンク（1回だけ、${until} まで）：${url}`,
    facts: { contract: code, url, until },
  }
}
