import { request } from 'node:http'
import { BenchFailure } from '#tests/load/bench'
import { wordpressInstall } from '#tests/support/wordpress'

interface Answered {
  readonly status: number
  readonly body: string
}

interface Step {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly type?: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

const article = `<!-- wp:heading --><h2>新商品のご案内（例）</h2><!-- /wp:heading -->
<!-- wp:paragraph --><p>東京・京都の店で「体験会」を行います。くわしくは<a href="https://www.example.jp/shop/?id=12&amp;from=blog">こちら</a>。お申し込みは 03-1234-5678 まで! 料金は1,000円(税込)です。</p><!-- /wp:paragraph -->
<!-- wp:image {"id":6,"sizeSlug":"large"} --><figure class="wp-block-image size-large"><img src="/wp-content/uploads/2026/11/photo.png" alt="写真" class="wp-image-6"/></figure><!-- /wp:image -->
<!-- wp:code --><pre class="wp-block-code"><code>SELECT name FROM users WHERE id = 1; -- 例です</code></pre><!-- /wp:code -->
<!-- wp:table --><figure class="wp-block-table"><table><tbody><tr><td>営業時間</td><td>10:00-18:00</td></tr></tbody></table></figure><!-- /wp:table -->`

/** What a visitor and the author of a site in Japanese do, one thing after the other. */
export class WordpressAuthor {
  readonly refused: string[] = []
  asked = 0
  #cookies = new Map<string, string>()

  constructor(
    private readonly address: string,
    private readonly host: string
  ) {}

  async walk() {
    await this.#visit()
    await this.#signIn()
    await this.#write()
    await this.#manage()
  }

  async #visit() {
    for (const path of [
      '/',
      '/?p=1',
      '/?s=%E4%BE%8B%E6%96%87+select+%26+test',
      '/?s=%27%E6%96%B0%E5%95%86%E5%93%81%27+-+(2026)',
      '/?feed=rss2',
      '/?cat=1',
      '/wp-json/wp/v2/posts?per_page=10&search=%E4%BE%8B',
      '/wp-includes/css/dist/block-library/style.min.css?ver=6.8',
    ]) {
      await this.#ask({ path })
    }
    await this.#form('/wp-comments-post.php', {
      comment:
        'とても参考になりました。「例」の部分 (3行目) は <b>太字</b> でしょうか? それとも 1 or 2 ですか。',
      author: '山田 太郎',
      email: 'taro@example.jp',
      url: 'https://blog.example.jp/~taro/?p=1',
      submit: 'コメントを送信',
      comment_post_ID: '1',
      comment_parent: '0',
    })
  }

  async #signIn() {
    await this.#ask({ path: '/wp-login.php' })
    await this.#form('/wp-login.php', {
      'log': wordpressInstall.user_name,
      'pwd': wordpressInstall.admin_password,
      'rememberme': 'forever',
      'wp-submit': 'ログイン',
      'redirect_to': `http://${this.host}/wp-admin/`,
      'testcookie': '1',
    })
    const home = await this.#ask({ path: '/wp-admin/' })
    if (!home.body.includes('wp-admin-bar')) throw new BenchFailure('WordPress: not signed in')
  }

  async #write() {
    const { body } = await this.#ask({ path: '/wp-admin/post-new.php' })
    const nonce = /createNonceMiddleware\(\s*"([^"]+)"/.exec(body)?.[1]
    const rest = { 'X-WP-Nonce': nonce ?? '' }
    const post = { title: '新商品のご案内', content: article, status: 'publish', excerpt: '' }
    const json = (path: string, value: object) =>
      this.#ask({
        method: 'POST',
        path,
        type: 'application/json',
        body: JSON.stringify(value),
        headers: rest,
      })
    await json('/index.php?rest_route=/wp/v2/posts', post)
    await json('/index.php?rest_route=/wp/v2/posts&_locale=user', {
      ...post,
      title: '二つ目の記事 #2',
    })
    await json('/index.php?rest_route=/wp/v2/pages', { ...post, title: '会社案内' })
    await json('/index.php?rest_route=/wp/v2/categories', { name: 'お知らせ', slug: 'news' })
    await this.#ask({
      ...upload('写真 (1).png'),
      path: '/index.php?rest_route=/wp/v2/media',
      headers: rest,
    })
    await this.#ask({ path: '/index.php?rest_route=/wp/v2/users/me&context=edit', headers: rest })
    await this.#ask({
      path: '/wp-admin/edit.php?s=%E4%BE%8B&post_status=all&post_type=post&m=0&cat=0',
    })
  }

  async #manage() {
    for (const page of [
      'upload.php',
      'edit-comments.php',
      'themes.php',
      'plugins.php',
      'users.php',
    ]) {
      await this.#ask({ path: `/wp-admin/${page}` })
    }
    for (const page of [
      'options-general.php',
      'options-permalink.php',
      'site-health.php',
      'profile.php',
    ]) {
      await this.#ask({ path: `/wp-admin/${page}` })
    }
    const { body } = await this.#ask({ path: '/wp-admin/options-general.php' })
    const field = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? ''
    await this.#form('/wp-admin/options.php', {
      option_page: 'general',
      action: 'update',
      _wpnonce: field('_wpnonce'),
      _wp_http_referer: '/wp-admin/options-general.php',
      blogname: wordpressInstall.weblog_title,
      blogdescription: '「手づくり」の店 & 体験教室 (京都)',
      admin_email: wordpressInstall.admin_email,
      timezone_string: 'Asia/Tokyo',
      date_format: 'Y年n月j日',
      time_format: 'g:i A',
      start_of_week: '1',
    })
    await this.#form('/wp-admin/admin-ajax.php', {
      action: 'heartbeat',
      interval: '60',
      screen_id: 'dashboard',
      has_focus: 'true',
    })
    await this.#form('/wp-admin/admin-ajax.php', { action: 'wp-compression-test', test: '1' })
  }

  #form(path: string, fields: Readonly<Record<string, string>>) {
    const body = String(new URLSearchParams(fields))
    return this.#ask({ method: 'POST', path, type: 'application/x-www-form-urlencoded', body })
  }

  /** 403, 400 and 413 of a request that WordPress itself would take are counted; the name says which. */
  async #ask({ method = 'GET', path, type, body = '', headers = {} }: Step): Promise<Answered> {
    this.asked++
    const answer = await this.#send({ method, path, type, body, headers })
    const isOurs = answer.body.includes('このページは表示できません') || answer.status === 413
    if (isOurs) this.refused.push(`${method} ${path}`)
    return answer
  }

  #send({ method, path, type, body, headers }: Step): Promise<Answered> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const own = {
      'Host': this.host,
      'User-Agent':
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Accept': 'text/html,application/xhtml+xml,*/*;q=0.8',
      'Accept-Language': 'ja,en-US;q=0.7,en;q=0.3',
      'Referer': `http://${this.host}/wp-admin/`,
      ...(cookie ? { Cookie: cookie } : {}),
      ...(type
        ? { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body ?? '')) }
        : {}),
      ...headers,
    }
    return new Promise((resolve, reject) => {
      const options = { host: this.address, method, path, headers: own, agent: false as const }
      const outgoing = request({ ...options, timeout: 60_000 }, async (response) => {
        for (const line of response.headers['set-cookie'] ?? []) this.#keep(line)
        const parts: Buffer[] = await response.toArray()
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  #keep(line: string) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name) this.#cookies.set(name, value!)
  }
}

/** A picture of one point. */
function upload(name: string) {
  const point =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const head = `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/png`
  const body = Buffer.concat([
    Buffer.from(`--tsukasa\r\n${head}\r\n\r\n`),
    Buffer.from(point, 'base64'),
    Buffer.from('\r\n--tsukasa--\r\n'),
  ])
  return { method: 'POST' as const, type: 'multipart/form-data; boundary=tsukasa', body }
}
