/**
 * Names for the answers of the API. They are taken from the paths of the generated schema, not from its
 * component names, so a renamed Rust type does not touch the console.
 */
import type { paths } from './schema'

type Content<R> = R extends { content: { 'application/json': infer Body } } ? Body : never
type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & (200 | 201 | 202)]> : never
type Get<P extends keyof paths> = paths[P] extends { get: infer O } ? Answer<O> : never
type Post<P extends keyof paths> = paths[P] extends { post: infer O } ? Answer<O> : never
type Item<P extends keyof paths> = Get<P> extends { items: (infer I)[] } ? I : never
type PostBody<P extends keyof paths> = paths[P] extends { post: { requestBody: { content: { 'application/json': infer B } } } } ? B : never

export type Me = Get<'/api/v1/identity/me'>
export type LoginStep = Post<'/api/v1/identity/login'>
export type Enrolment = Post<'/api/v1/identity/login/enrol'>
export type PasswordVerdict = Post<'/api/v1/identity/password/check'>
export type Administrator = PostBody<'/api/v1/identity/setup'>['administrators'][number]
export type Account = Item<'/api/v1/identity/accounts'>
export type Session = Item<'/api/v1/identity/sessions'>
/** A role by its code, such as `sysadmin`. */
export type RoleName = Role['role']
export type Role = Get<'/api/v1/identity/roles'>['roles'][number]

export type SearchResult = Get<'/api/v1/vault/search'>
export type EventRecord = SearchResult['rows'][number]
export type RecordDetail = Get<'/api/v1/vault/events/{stream}/{seq}'>
export type InclusionProof = Get<'/api/v1/vault/prove/{stream}/{seq}'>
export type Histogram = Get<'/api/v1/vault/histogram'>
export type Top = Get<'/api/v1/vault/top'>
export type StreamInfo = Item<'/api/v1/vault/streams'>
export type VerifyRun = Get<'/api/v1/vault/verify'>

export type ProtectedObject = Item<'/api/v1/gateway/objects'>
export type ProtectedObjectInput = PostBody<'/api/v1/gateway/objects'>
export type ObjectMode = ProtectedObject['mode']
export type GatewayStatus = Get<'/api/v1/gateway/status'>

export type SystemState = Get<'/api/v1/system/state'>
export type AuditEntry = Item<'/api/v1/system/audit'>
