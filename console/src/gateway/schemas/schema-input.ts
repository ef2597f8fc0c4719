/** The description of an interface as its form shows it. */
import type { ApiSchema, ApiSchemaInput } from '../../api/types'

/** Largest document that the server takes. */
export const MAX_DOCUMENT_BYTES = 5 << 20
/** A longer text is not put into a field, where each key stroke would cost its whole length. */
export const MAX_SHOWN_CHARS = 200_000

export interface SchemaValues {
  name: string
  description: string
  base_path: string
  /** Empty: the stored one stays. */
  document: string
}

export function valuesOf(schema: ApiSchema | null): SchemaValues {
  return { name: schema?.spec.name ?? '', description: schema?.spec.description ?? '', base_path: schema?.spec.base_path ?? '', document: '' }
}

export function inputOf(values: SchemaValues): ApiSchemaInput {
  const input: ApiSchemaInput = { name: values.name.trim(), description: values.description.trim(), base_path: values.base_path.trim() || null }
  if (values.document.trim() !== '') input.document = values.document
  return input
}

/** How long a text is as it is sent. */
export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length
}
