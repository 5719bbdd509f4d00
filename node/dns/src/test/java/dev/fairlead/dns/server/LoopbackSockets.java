// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;

/** Both sockets of a server, on one free port of 127.0.0.1. */
public record LoopbackSockets(DatagramChannel udp, ServerSocketChannel tcp) {
    /** A port that is free for TCP may be taken for UDP by somebody else on this machine; then another one is tried. */
    public static LoopbackSockets open() throws IOException {
        BindException taken = new BindException("never tried");
        for (int tries = 0; tries < 100; tries++) {
            ServerSocketChannel tcp =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            DatagramChannel udp = DatagramChannel.open();
            try {
                return new LoopbackSockets(udp.bind(tcp.getLocalAddress()), tcp);
            } catch (BindException again) {
                udp.close();
                tcp.close();
                taken = again;
            }
        }
        throw taken;
    }

    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) tcp.getLocalAddress();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    /** With these further ones. */
    DnsServer.Sockets with(DnsServer.Encrypted encrypted) {
        return new DnsServer.Sockets(List.of(udp), List.of(tcp), Optional.of(encrypted));
    }

    DnsServer.Sockets of() {
        return new DnsServer.Sockets(List.of(udp), List.of(tcp));
    }
}
