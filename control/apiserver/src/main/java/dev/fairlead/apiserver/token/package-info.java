/**
 * Tokens of service accounts: signed JSON Web Tokens (RFC 7519, ES256) that say for whom, for which audiences and until when, and
 * are good only as long as the account and whatever else they are bound to are there. {@link
 * dev.fairlead.apiserver.token.Tokens} issues and checks them, {@link dev.fairlead.apiserver.token.TokenRequests} is {@code
 * serviceaccounts/token}, {@link dev.fairlead.apiserver.token.TokenKeys} knows which keys count: each server signs with its own and
 * shows the public half in the store, so servers over one store trust each other without sharing a file.
 */
package dev.fairlead.apiserver.token;
