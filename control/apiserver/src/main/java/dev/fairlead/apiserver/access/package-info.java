/**
 * Who may do what. {@link dev.fairlead.apiserver.access.Identities} says who a certificate or token stands for, {@link
 * dev.fairlead.apiserver.access.Impersonation} whether they ask for somebody else, {@link
 * dev.fairlead.apiserver.access.Authorizer} what they may do, and {@link dev.fairlead.apiserver.access.Reviews} tells them. What is
 * wanted is an {@link dev.fairlead.apiserver.access.Act}, what comes of it a {@link dev.fairlead.apiserver.access.Decision} with its
 * reason. Nothing here asks the store: rules are in package {@code rbac}, what nodes may in {@code node}.
 */
package dev.fairlead.apiserver.access;
