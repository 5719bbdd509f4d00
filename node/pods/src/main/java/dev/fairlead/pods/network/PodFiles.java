// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.environment.HostsFile;
import dev.fairlead.pods.environment.ResolvConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pod's own {@code /etc/resolv.conf}, {@code /etc/hosts} and host name, in place of the machine's. */
record PodFiles(List<BindMount> mounts, String hostname) {
    static PodFiles write(PodSpec pod, SandboxRecord record, KernelNetwork.Plan plan) throws IOException {
        Path folder = plan.directory().resolve("pods").resolve(pod.uid());
        Files.createDirectories(folder);
        List<String> podIps =
                record.addresses().stream().map(IpAddress::toString).toList();
        Map<String, String> texts = Map.of(
                "resolv.conf",
                        ResolvConf.of(pod, plan.dns(), plan.nodeResolvConf()).text(),
                "hosts", HostsFile.text(pod, podIps, plan.dns().domain()));
        List<BindMount> mounts = new ArrayList<>();
        for (Map.Entry<String, String> file : texts.entrySet()) {
            Path own = folder.resolve(file.getKey());
            Files.writeString(own, file.getValue());
            Path shown = Path.of("/etc").resolve(file.getKey());
            if (Files.exists(shown)) { // a mount needs something to cover; a link is followed to what it names
                mounts.add(new BindMount(own.toAbsolutePath(), shown.toRealPath(), false));
            }
        }
        return new PodFiles(List.copyOf(mounts), pod.ownHostname());
    }
}
