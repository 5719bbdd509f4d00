/**
 * Role-based rules: who may do what, by Roles and ClusterRoles and the bindings that give them. Decides only, but for {@link
 * dev.fairlead.apiserver.access.rbac.StoredPolicy}, which reads the store. A {@link dev.fairlead.apiserver.access.rbac.Policy}
 * is all of it as one immutable value, with an index from subjects to bindings, so that a decision costs a few look-ups
 * however many bindings there are; start reading there. What nobody grants is refused. Follows Kubernetes' RBAC, its default
 * roles and its rule that nobody grants more than they have ({@link dev.fairlead.apiserver.access.rbac.Escalation}).
 */
package dev.fairlead.apiserver.access.rbac;
