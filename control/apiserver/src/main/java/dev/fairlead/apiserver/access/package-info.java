/**
 * Who may do what. {@link dev.fairlead.apiserver.access.Identities} says who a certificate or token stands for, {@link
 * dev.fairlead.apiserver.access.Authorizer} what they may do; today members of {@code system:masters} may do everything and
 * everybody who is known may look around, and role-based rules have their place behind the same interface.
 */
package dev.fairlead.apiserver.access;
