// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What an agent last knew of its cluster, kept in a file for the time when the API cannot be asked: one word and one value a
 * line.
 *
 * <pre>
 * server https://192.168.7.2:6443
 * service 10.96.0.1
 * block 10.96.0.0/16
 * </pre>
 *
 * @param servers the addresses of the API servers themselves
 * @param services the addresses of the Service {@code default/kubernetes}
 * @param blocks where Services have their addresses
 */
public record ClusterMemory(List<URI> servers, List<IpAddress> services, List<Cidr> blocks) {
    /** Of a cluster never seen. */
    public static final ClusterMemory NOTHING = new ClusterMemory(List.of(), List.of(), List.of());

    private static final String SERVER = "server ";
    private static final String SERVICE = "service ";
    private static final String BLOCK = "block ";

    /** Reads a file; lines that cannot be read are passed over, and so is a file that is not there. */
    public static ClusterMemory read(Path file) throws IOException {
        List<URI> servers = new ArrayList<>();
        List<IpAddress> services = new ArrayList<>();
        List<Cidr> blocks = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(SERVER + "https://")) {
                    servers.add(URI.create(line.substring(SERVER.length()).strip()));
                } else if (line.startsWith(SERVICE)) {
                    IpAddress.parse(line.substring(SERVICE.length()).strip()).ifPresent(services::add);
                } else if (line.startsWith(BLOCK)) {
                    Cidr.parse(line.substring(BLOCK.length()).strip()).ifPresent(blocks::add);
                }
            }
        } catch (NoSuchFileException never) {
            return NOTHING;
        } catch (IllegalArgumentException noUri) {
            throw new IOException(file + " cannot be read: " + noUri.getMessage() + "; delete it", noUri);
        }
        return new ClusterMemory(List.copyOf(servers), List.copyOf(services), List.copyOf(blocks));
    }

    /** Writes the file anew, whole or not at all. */
    public void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        servers.forEach(server -> lines.add(SERVER + server));
        services.forEach(service -> lines.add(SERVICE + service));
        blocks.forEach(block -> lines.add(BLOCK + block));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, lines);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
