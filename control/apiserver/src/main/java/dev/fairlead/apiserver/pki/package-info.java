/**
 * The cluster's own certificates: a CA, the server's certificate, client certificates, and kubeconfigs that carry them.
 * Everything is made once, kept in a folder that only its owner can read, and reused by every later start; BouncyCastle is
 * loaded only when something has to be issued.
 *
 * <p>Keys are EC P-256, written as SEC1 PEM: the one form that kubectl, client-go and fabric8 all read.
 *
 * <p>Start reading at {@link dev.fairlead.apiserver.pki.Pki}.
 */
package dev.fairlead.apiserver.pki;
