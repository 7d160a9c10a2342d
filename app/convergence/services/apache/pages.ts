import { below, pagesDirectory } from '#convergence/services/apache/layout'
import type { FileResource } from '#convergence/resource'

/** Pages that visitors see instead of a site: neutral, without anything about the server. */
const texts: Readonly<Record<string, readonly [title: string, text: string]>> = {
  '400': ['リクエストを理解できませんでした', 'アドレスに誤りがないか、ご確認ください。'],
  '403': ['このページは表示できません', '閲覧が許可されていないか、表示できるページがありません。'],
  '404': [
    'ページが見つかりません',
    'アドレスに誤りがあるか、ページが移動または削除された可能性があります。',
  ],
  '413': ['送信された内容が大きすぎます', '内容を減らすか、分けて送信してください。'],
  '500': [
    'ページを表示できませんでした',
    'サーバ側の処理でエラーが発生しました。時間をおいて、もう一度お試しください。',
  ],
  '503': [
    'ただいまアクセスしづらくなっています',
    'しばらく時間をおいてから、もう一度お試しください。',
  ],
  '503suspended': [
    'このサイトは現在停止しています',
    'サイトの公開が一時的に停止されています。お心当たりのある管理者の方は、コントロールパネルをご確認ください。',
  ],
  'unknown': [
    'サイトが見つかりません',
    'このアドレスで公開されているサイトはありません。アドレスに誤りがないか、ご確認ください。',
  ],
}

export const pages: readonly FileResource[] = Object.entries(texts).map(
  ([name, [title, text]]) => ({
    kind: 'file',
    path: below(pagesDirectory, `${name}.html`),
    content: page(title, `<p>${text}</p>`),
    owner: 'root',
    group: 'root',
    mode: 0o644,
  })
)

/** A small page without anything to load. `title` and `body` are our own texts. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem;
  font-family: "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif;
  line-height: 1.7; color: #1a1a1c; background: #f8f8fb; }
main { max-width: 40rem; }
h1 { font-size: 1.5rem; line-height: 1.5; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}
