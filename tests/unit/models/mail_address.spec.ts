import { test } from '@japa/runner'
import fc from 'fast-check'
import { toEmailAddress, toSenderPattern } from '#convergence/syntax/names'
import { checkForward, checkSender, type AddressCheck } from '#models/mail_address'
import { readAddressList } from '#models/mail_address/list'
import { wordsOf } from '#start/view/words'
import { shown } from '#tests/support/shown'

const { readable } = wordsOf((key) => key)
const said = (check: AddressCheck) => ('value' in check ? check.value : check.problem)

/** Text as nobody means it, and addresses with something wrong put in. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.emailAddress(),
  fc.domain(),
  fc.ipV4(),
  fc.stringMatching(/^[a-z]{0,4}@?[ぁ-んァ-ヶ一-龠]{1,6}[a-z0-9-]{0,3}\.(jp|com)$/),
  fc.ipV6(),
  fc
    .tuple(
      fc.emailAddress(),
      fc.nat(30),
      fc.constantFrom('"', '\n', '\0', '..', '<', '%', '。', '\u202e', '\\')
    )
    .map(([address, at, wrong]) => address.slice(0, at) + wrong + address.slice(at))
)

test.group('Mail addresses', () => {
  const forwards: [string, string][] = [
    ['sato@example.jp', 'sato@example.jp'],
    [' Sato@Example.JP ', 'sato@example.jp'],
    ['ｓａｔｏ＠ｅｘａｍｐｌｅ．ｊｐ', 'sato@example.jp'],
    ['sato@example。jp', 'sato@example.jp'],
    ['sato@日本語.jp', 'sato@xn--wgv71a119e.jp'],
    ['sato@example.jp.', 'sato@example.jp'],
    ['佐藤 花子 <sato@example.jp>', 'sato@example.jp'],
    ["o'brien+news@example.jp", "o'brien+news@example.jp"],
    ['sato.@example.jp', 'dots'],
    ['sa..to@example.jp', 'dots'],
    ['.sato@example.jp', 'local_part'],
    ['sato', 'no_at'],
    ['|/bin/sh', 'no_at'],
    [':include:/etc/passwd', 'no_at'],
    ['/var/mail/root', 'no_at'],
    ['|cmd@example.jp', 'local_part'],
    ['/etc/passwd@example.jp', 'local_part'],
    ['-f@example.jp', 'local_part'],
    ['a%other.jp@example.jp', 'local_part'],
    ['other.jp!a@example.jp', 'local_part'],
    ['"sa to"@example.jp', 'local_part'],
    ['sato(comment)@example.jp', 'local_part'],
    ['sa to@example.jp', 'local_part'],
    ['a@b@example.jp', 'local_part'],
    ['佐藤@example.jp', 'local_part'],
    ['sato\u0000@example.jp', 'control_characters'],
    ['sa\u202eto@example.jp', 'control_characters'],
    ['sato@[192.0.2.1]', 'domain'],
    ['sato@192.0.2.1', 'domain'],
    ['sato@0x7f.1', 'domain'],
    ['sato@localhost', 'domain'],
    ['sato@example', 'domain'],
    ['sato@-example.jp', 'domain'],
    ['sato@exam_ple.jp', 'domain'],
    ['sato@example%2ejp', 'domain'],
    ['sato@example..jp', 'domain'],
    ['sato@xn--zzzzzz99999.jp', 'domain'],
    ['sato@', 'domain'],
    [`${'a'.repeat(65)}@example.jp`, 'too_long'],
    [`${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}.jp`, 'too_long'],
  ]
  for (const [index, { text, shown: name }] of shown(forwards.map(([typed]) => typed)).entries()) {
    test(`MAIL-07: ${name} as a target is ${forwards[index][1]}`, ({ assert }) => {
      assert.equal(said(checkForward(text)), forwards[index][1])
    })
  }

  const senders: [string, string][] = [
    ['Sato@Example.JP', 'sato@example.jp'],
    ['example.jp', 'example.jp'],
    ['@example.jp', 'example.jp'],
    ['*@example.jp', 'example.jp'],
    ['日本語.jp', 'xn--wgv71a119e.jp'],
    ['１９２．０．２．１', '192.0.2.1'],
    ['[192.0.2.1]', '192.0.2.1'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['255.255.255.255/31', '255.255.255.254/31'],
    ['10.9.8.7/8', '10.0.0.0/8'],
    ['0.0.0.0/0', 'network'],
    ['192.0.2.0/7', 'network'],
    ['192.0.2.0/33', 'network'],
    ['192.0.2.0/', 'network'],
    ['192.0.2.0/1e1', 'network'],
    ['192.0.2.0/24/1', 'ip_address'],
    ['192.0.2.256', 'ip_address'],
    ['192.0.2', 'ip_address'],
    ['192.0.02.1', 'ip_address'],
    ['2001:db8::1', 'ip_v6'],
    ['2001:db8::/32', 'ip_v6'],
    ['*.example.jp', 'example.jp'],
    ['＊．例え．ｊｐ', 'xn--r8jz45g.jp'],
    ['*@*.example.jp', 'example.jp'],
    ['*.jp', 'domain'],
    ['*.*.example.jp', 'wildcard'],
    ['*.192.0.2.1', 'wildcard'],
    ['*.sato@example.jp', 'wildcard'],
    ['*example.jp', 'wildcard'],
    ['mail.*.jp', 'wildcard'],
    ['s*@example.jp', 'wildcard'],
    ['jp', 'domain'],
    ["example.jp' OR '1'='1", 'domain'],
    ['example.jp"; discard; #', 'domain'],
    ['<example.jp', 'domain'],
  ]
  for (const [index, { text, shown: name }] of shown(senders.map(([typed]) => typed)).entries()) {
    test(`MAIL-05, MAIL-08: ${name} in a list is ${senders[index][1]}`, ({ assert }) => {
      assert.equal(said(checkSender(text)), senders[index][1])
    })
  }

  test('MAIL-05, MAIL-07: whatever passes can be written to the server, and reads the same again', ({
    assert,
  }) => {
    fc.assert(
      fc.property(hostile, (typed) => {
        const forward = checkForward(typed)
        if ('value' in forward) {
          assert.equal(toEmailAddress(forward.value), forward.value)
          assert.deepEqual(checkForward(forward.value), forward)
          assert.deepEqual(checkForward(readable(forward.value)), forward)
        }
        const sender = checkSender(typed)
        if ('value' in sender) {
          assert.equal(toSenderPattern(sender.value), sender.value)
          assert.deepEqual(checkSender(sender.value), sender)
          assert.deepEqual(checkSender(readable(sender.value)), sender)
        }
      }),
      { numRuns: 5000 }
    )
  })

  test('MAIL-05: a list has an entry a line, each once, and says which lines are wrong', ({
    assert,
  }) => {
    const text = 'A@x.jp\r\n\r\na@x.jp, b@x.jp、c@x.jp\rno way\n@@'
    const { values, mistakes } = readAddressList(text, checkSender)
    assert.deepEqual(values, ['a@x.jp', 'b@x.jp', 'c@x.jp'])
    assert.deepEqual(
      mistakes.map(({ line, typed }) => [line, typed]),
      [
        [4, 'no way'],
        [5, '@@'],
      ]
    )
  })
})
