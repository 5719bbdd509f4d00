/**
 * What every namespace has, so that programs in its pods can be somebody and know whom they talk to: the service account {@code
 * default} and the ConfigMap {@code kube-root-ca.crt} with the certificate that the API's own is signed by. Both are made again
 * when somebody removes them, and the ConfigMap is put right when somebody changes it. Start reading at {@link
 * dev.fairlead.controllers.accounts.NamespaceBasics}.
 */
package dev.fairlead.controllers.accounts;
