// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.client.https.ServerIdentity;
import dev.fairlead.dns.server.DnsChoices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where DNS is answered encrypted, as options. */
final class EncryptionOptions {
    @Option(
            names = "--dns-tls-port",
            paramLabel = "PORT",
            description = "answer DNS over TLS at this port, usually 853; needs --dns-tls-cert and --dns-tls-key")
    private int tlsPort;

    @Option(
            names = "--dns-https-port",
            paramLabel = "PORT",
            description = "answer DNS over HTTPS at this port, usually 443, path /dns-query; needs the same")
    private int httpsPort;

    @Option(names = "--dns-tls-cert", paramLabel = "FILE", description = "the server's certificate and its chain, PEM")
    private @Nullable Path certificate;

    @Option(names = "--dns-tls-key", paramLabel = "FILE", description = "the certificate's private key, PEM")
    private @Nullable Path key;

    /** What is chosen; empty: no encryption. */
    Optional<DnsChoices.Encryption> chosen() {
        if (tlsPort == 0 && httpsPort == 0) {
            return Optional.empty();
        }
        if (Math.min(tlsPort, httpsPort) < 0 || Math.max(tlsPort, httpsPort) > 65_535) {
            throw new Failure("--dns-tls-port and --dns-https-port must be from 1 to 65535");
        }
        if (certificate == null || key == null) {
            throw new Failure(
                    "--dns-tls-port and --dns-https-port need a certificate and its key: --dns-tls-cert and --dns-tls-key");
        }
        try {
            return Optional.of(new DnsChoices.Encryption(
                    ServerIdentity.context(Files.readString(certificate), Files.readString(key)), tlsPort, httpsPort));
        } catch (IOException unusable) {
            throw new Failure(
                    "--dns-tls-cert=" + certificate + " and --dns-tls-key=" + key + " are of no use: "
                            + unusable.getMessage(),
                    unusable);
        }
    }
}
