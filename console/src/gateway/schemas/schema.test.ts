import { describe, expect, it } from 'vitest'
import type { ApiSchema } from '../../api/types'
import { inputOf, sizeOf, valuesOf } from './schema-input'

const STORED: ApiSchema = { id: 's1', generation: 2, source: 'policy', operations: 3, spec: { name: '挂号', description: 'HIS', document: 'aa', base_path: '/api' } }

describe('the form of an API description', () => {
  it('leaves the stored document alone until another one is there', () => {
    expect(inputOf(valuesOf(STORED))).toEqual({ name: '挂号', description: 'HIS', base_path: '/api' })
    expect(inputOf({ ...valuesOf(STORED), document: 'openapi: 3.1.0' }).document).toBe('openapi: 3.1.0')
  })

  it('says nothing of a base path that is empty', () => {
    expect(inputOf({ ...valuesOf(null), name: ' a ', base_path: ' ', document: '{}' })).toEqual({ name: 'a', description: '', base_path: null, document: '{}' })
  })

  it('counts bytes, as the server does', () => {
    expect(sizeOf('接口')).toBe(6)
  })
})
