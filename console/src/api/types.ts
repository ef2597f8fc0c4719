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
export type Clearance = Get<'/api/v1/identity/accounts/{id}/clearance'>
export type SensitivityLabel = Clearance['clearance']
export type Approval = Item<'/api/v1/identity/approvals'>
export type ApprovalState = Approval['state']
/** Which requests a list shows. */
export type ApprovalListing = 'open' | 'own' | 'decided'
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
export type ObjectMode = ProtectedObject['effective']['mode']['value']
export type Settings = NonNullable<ProtectedObjectInput['settings']>
export type RuleSwitch = NonNullable<Settings['rules']>[string]
export type Effective = ProtectedObject['effective']
export type Layer = Effective['mode']['from']
export type ObjectGroup = Item<'/api/v1/gateway/groups'>
export type ObjectGroupInput = PostBody<'/api/v1/gateway/groups'>
export type PolicyTemplate = Item<'/api/v1/gateway/templates'>
export type PolicyTemplateInput = PostBody<'/api/v1/gateway/templates'>
export type RuleExclusion = Item<'/api/v1/gateway/exclusions'>
export type RuleExclusionInput = PostBody<'/api/v1/gateway/exclusions'>
export type ExclusionPreviewResult = Post<'/api/v1/gateway/exclusions/preview'>
export type Observed = Get<'/api/v1/gateway/observed'>
export type ObservedRow = Observed['rows'][number]
export type PolicyFile = Get<'/api/v1/gateway/policy/export'>
export type Imported = Post<'/api/v1/gateway/policy/import'>
export type BusinessPreset = Item<'/api/v1/gateway/presets'>
export type PolicyChange = Item<'/api/v1/gateway/policy/changes'>
export type RuleTrial = Post<'/api/v1/gateway/rules/test'>
export type CustomRule = Item<'/api/v1/gateway/rules'>
export type CustomRuleInput = PostBody<'/api/v1/gateway/rules'>
export type RuleAction = CustomRuleInput['action']
export type TimeWindow = NonNullable<CustomRuleInput['windows']>[number]
export type TrafficLimit = Item<'/api/v1/gateway/limits'>
export type TrafficLimitInput = PostBody<'/api/v1/gateway/limits'>
export type AddressGroup = Item<'/api/v1/gateway/address-groups'>
export type AddressGroupInput = PostBody<'/api/v1/gateway/address-groups'>
export type GatewayBan = Item<'/api/v1/gateway/bans'>
export type BanInput = PostBody<'/api/v1/gateway/bans'>
export type SiteCertificate = Item<'/api/v1/gateway/certificates'>
export type CertificateUpload = PostBody<'/api/v1/gateway/certificates'>
export type CertificateFacts = Post<'/api/v1/gateway/certificates/check'>
export type Guard = Item<'/api/v1/gateway/guards'>
export type GuardInput = PostBody<'/api/v1/gateway/guards'>
export type GuardedApplication = Item<'/api/v1/gateway/applications'>
export type GuardedSession = Item<'/api/v1/gateway/sessions'>
export type ApiSchema = Item<'/api/v1/gateway/schemas'>
export type ApiSchemaInput = PostBody<'/api/v1/gateway/schemas'>
export type ApiSchemaDocument = Get<'/api/v1/gateway/schemas/{id}'>
export type GatewayStatus = Get<'/api/v1/gateway/status'>

export type SystemState = Get<'/api/v1/system/state'>
export type AuditEntry = Item<'/api/v1/system/audit'>
export type SystemNodes = Get<'/api/v1/system/nodes'>
export type SystemNode = SystemNodes['items'][number]
export type NodeReport = NonNullable<SystemNode['report']>
