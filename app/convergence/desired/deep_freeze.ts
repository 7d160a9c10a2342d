/** Freezes plain objects and arrays all the way down; keys of maps are left, their values frozen. */
export function deepFreeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  const children = value instanceof Map ? value.values() : Object.values(value)
  for (const child of children) deepFreeze(child)
  return Object.freeze(value)
}
