/**
 * The permissions that pages and buttons ask for, by the names of the server's matrix. They decide what is shown;
 * the server decides what is done.
 */
export const MAY = {
  gatewayStatusRead: 'gateway.status.read',
  gatewayCertificateRead: 'gateway.certificate.read',
  gatewayCertificateWrite: 'gateway.certificate.write',
  gatewayObjectRead: 'gateway.object.read',
  gatewayObjectWrite: 'gateway.object.write',
  gatewayBanRead: 'gateway.ban.read',
  gatewayBanWrite: 'gateway.ban.write',
  gatewaySessionRead: 'gateway.session.read',
  gatewaySessionWrite: 'gateway.session.write',
  vaultRead: 'vault.read',
  vaultVerify: 'vault.verify',
  accountRead: 'identity.account.read',
  accountCreate: 'identity.account.create',
  accountUpdate: 'identity.account.update',
  grantUpdate: 'identity.grant.update',
  clearanceRead: 'identity.clearance.read',
  clearanceWrite: 'identity.clearance.write',
  sessionRead: 'identity.session.read',
  sessionEnd: 'identity.session.end',
  approvalRead: 'identity.approval.read',
  approvalDecide: 'identity.approval.decide',
  approvalWithdraw: 'identity.approval.withdraw',
  systemRead: 'system.state.read',
  auditRead: 'system.audit.read',
  nodeWrite: 'system.node.write',
} as const
