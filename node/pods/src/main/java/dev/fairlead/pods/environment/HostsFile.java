// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.pods.definition.PodSpec;
import java.util.List;

/** A pod's {@code /etc/hosts}: localhost, the pod under its own name, its host aliases. */
public final class HostsFile {
    private HostsFile() {}

    /**
     * The file's text.
     *
     * @param domain the cluster's domain, for the full name of a pod with a subdomain
     */
    public static String text(PodSpec pod, List<String> podIps, String domain) {
        StringBuilder text = new StringBuilder("# Written by Fairlead for pod ")
                .append(pod.name())
                .append(".\n127.0.0.1\tlocalhost\n")
                .append("::1\tlocalhost ip6-localhost ip6-loopback\n");
        String host = pod.ownHostname();
        String names = pod.subdomain().isEmpty()
                ? host
                : host + "." + pod.subdomain() + "." + pod.name().namespace() + ".svc." + domain + "\t" + host;
        podIps.forEach(ip -> text.append(ip).append('\t').append(names).append('\n'));
        pod.hosts()
                .forEach(alias -> text.append(alias.ip())
                        .append('\t')
                        .append(String.join("\t", alias.hostnames()))
                        .append('\n'));
        return text.toString();
    }
}
