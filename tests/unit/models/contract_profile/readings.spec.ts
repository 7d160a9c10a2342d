import { test } from '@japa/runner'
import { readPhoneNumber, readPostalCode } from '#models/contract_profile/readings'

test.group('Addresses as people type them', () => {
  for (const typed of [
    '530-0001',
    '5300001',
    '〒530-0001',
    '〒５３０－０００１',
    '５３０ー０００１',
  ])
    test(`PNL-13: ${typed} is a postal code`, ({ assert }) => {
      assert.equal(readPostalCode(typed), '530-0001')
    })

  for (const typed of ['', '530', '530-00011', 'abc-defg', '〒'])
    test(`PNL-13: 「${typed}」 is no postal code`, ({ assert }) => {
      assert.isUndefined(readPostalCode(typed))
    })

  for (const [typed, read] of [
    ['06-6948-1402', '06-6948-1402'],
    ['０６（６９４８）１４０２', '06-6948-1402'],
    ['+81 6 6948 1402', '+81-6-6948-1402'],
    ['09012345678', '09012345678'],
  ])
    test(`PNL-13: ${typed} can be called`, ({ assert }) => {
      assert.equal(readPhoneNumber(typed), read)
    })

  for (const typed of ['', '110', 'tel:06', '06-6948-1402-0000-11', '06-6948-1402 内線3'])
    test(`PNL-13: 「${typed}」 can’t be called`, ({ assert }) => {
      assert.isUndefined(readPhoneNumber(typed))
    })
})
