import type { CapabilityPages } from './kit/capability'
import { gateway } from './gateway/routes'
import { identity } from './identity/routes'
import { system } from './system/routes'
import { vault } from './vault/routes'

/** Every capability with pages, one line each, in the order of the alphabet. */
export const capabilities: CapabilityPages[] = [
  gateway,
  identity,
  system,
  vault,
]
