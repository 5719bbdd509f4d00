/**
 * A Kubernetes API at the other end of a TLS connection: {@link dev.fairlead.client.https.HttpsApi}, told where and as
 * whom by a {@link dev.fairlead.client.https.Connection}, which comes from a kubeconfig file or from a pod's service
 * account. Keys are read in the forms PKCS#8, PKCS#1 (RSA) and SEC1 (EC) with the JDK alone (RFC 5208, 8017, 5915).
 */
package dev.fairlead.client.https;
