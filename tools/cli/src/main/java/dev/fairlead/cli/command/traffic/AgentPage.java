// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.traffic;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;

/** What one node's agent tells at the port of its metrics. */
public record AgentPage(URI uri) {
    private static final int PATIENCE = 5000; // ms

    /** That of the agent at {@code ADDRESS:PORT}. */
    public static AgentPage at(String address) {
        try {
            URI uri = URI.create("http://" + address + "/traffic");
            if (uri.getHost() != null && uri.getPort() > 0) {
                return new AgentPage(uri);
            }
        } catch (IllegalArgumentException none) {
            // said below
        }
        throw new Failure("--agent=" + address + " is no ADDRESS:PORT, such as 127.0.0.1:10249");
    }

    /** What it tells now. */
    public Look look() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(PATIENCE);
        connection.setReadTimeout(PATIENCE);
        try (InputStream body = connection.getInputStream()) {
            return new Look(List.of(TrafficReport.from(new Tree(Json.object(body.readAllBytes())))), List.of());
        } catch (IOException | SyntaxException refused) {
            throw new Failure(
                    "no agent of fairlead tells at " + uri.getAuthority() + " what passes: " + refused.getMessage(),
                    refused);
        } finally {
            connection.disconnect();
        }
    }
}
