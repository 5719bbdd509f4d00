// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/**
 * What a Service of type LoadBalancer says to whoever gives it an address.
 *
 * @param className {@code loadBalancerClass}; empty when there is none
 * @param ip {@code loadBalancerIP}; empty when there is none
 * @param familyPolicy whether it wants one family or two, in Kubernetes' words
 */
public record LoadBalancerRequest(String className, String ip, String familyPolicy) {
    static LoadBalancerRequest from(Tree spec) {
        return new LoadBalancerRequest(
                spec.text("loadBalancerClass", ""),
                spec.text("loadBalancerIP", ""),
                spec.text("ipFamilyPolicy", "SingleStack"));
    }

    /** Whether it is in vain without an address of each family. */
    public boolean needsAllFamilies() {
        return familyPolicy.equals("RequireDualStack");
    }
}
