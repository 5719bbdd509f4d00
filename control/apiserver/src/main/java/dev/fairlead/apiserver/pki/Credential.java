// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

/**
 * A certificate and its private key.
 *
 * @param certificate PEM
 * @param key PEM, EC in SEC1 form ({@code BEGIN EC PRIVATE KEY})
 */
public record Credential(String certificate, String key) {
    /** Says nothing of the key, so that it never gets into a log. */
    @Override
    public String toString() {
        return "Credential[" + certificate.length() + " characters of certificate]";
    }
}
