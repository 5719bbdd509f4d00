// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;

/** Both sockets of a server, on one free port of 127.0.0.1. */
public record LoopbackSockets<U extends AutoCloseable>(U udp, ServerSocketChannel tcp) {
    private interface Opening<U> {
        U at(InetSocketAddress address) throws IOException;
    }

    /** For a server that is none of ours. */
    public static LoopbackSockets<DatagramChannel> open() throws IOException {
        return open(address -> {
            DatagramChannel udp = DatagramChannel.open();
            try {
                return udp.bind(address);
            } catch (BindException taken) {
                udp.close();
                throw taken;
            }
        });
    }

    /** For a server of ours, with the system calls of Linux or without. */
    static LoopbackSockets<UdpSocket> open(boolean linux) throws IOException {
        return open(address -> UdpSocket.open(address, linux));
    }

    /** A port that is free for TCP may be taken for UDP by somebody else on this machine; then another one is tried. */
    private static <U extends AutoCloseable> LoopbackSockets<U> open(Opening<U> opening) throws IOException {
        BindException taken = new BindException("never tried");
        for (int tries = 0; tries < 100; tries++) {
            ServerSocketChannel tcp =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try {
                return new LoopbackSockets<>(opening.at((InetSocketAddress) tcp.getLocalAddress()), tcp);
            } catch (BindException again) {
                tcp.close();
                taken = again;
            }
        }
        throw taken;
    }

    /** At a port that the system gives nobody by itself, so that it can be closed and opened again. */
    public static LoopbackSockets<DatagramChannel> reopen(int port) throws IOException {
        InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ServerSocketChannel tcp = ServerSocketChannel.open()
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(at);
        try {
            return new LoopbackSockets<>(DatagramChannel.open().bind(at), tcp);
        } catch (IOException taken) {
            tcp.close();
            throw taken;
        }
    }

    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) tcp.getLocalAddress();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    static DnsServer.Sockets of(LoopbackSockets<UdpSocket> sockets) {
        return new DnsServer.Sockets(List.of(sockets.udp), List.of(sockets.tcp));
    }

    /** With these further ones. */
    static DnsServer.Sockets with(LoopbackSockets<UdpSocket> sockets, DnsServer.Encrypted encrypted) {
        return new DnsServer.Sockets(List.of(sockets.udp), List.of(sockets.tcp), Optional.of(encrypted));
    }
}
