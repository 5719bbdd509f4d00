// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Messages;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connection to each of some ports, in two channels each: data, and why it failed. The first message of a channel is
 * the port's number, low byte first. Ends when all connections have ended.
 */
final class PortChannels implements Messages {
    private final List<PodConnection> connections = new ArrayList<>();
    private final Outbox said = new Outbox();

    /** @param dial leads to a port */
    PortChannels(List<Integer> ports, Dialling dial) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            int data = 2 * i;
            int port = ports.get(i);
            byte[] number = {(byte) port, (byte) (port >> 8)};
            said.put(Channels.message(data, number, number.length));
            said.put(Channels.message(data + 1, number, number.length));
            connections.add(new PodConnection(() -> dial.to(port), new PodConnection.Hearer() {
                @Override
                public void said(byte[] bytes) throws InterruptedException {
                    said.put(Channels.message(data, bytes, bytes.length));
                }

                @Override
                public void ended(@Nullable String trouble) throws InterruptedException {
                    if (trouble != null) {
                        byte[] text = trouble.getBytes(StandardCharsets.UTF_8);
                        said.put(Channels.message(data + 1, text, text.length));
                    }
                    if (left.decrementAndGet() == 0) {
                        said.finish();
                    }
                }
            }));
        }
        connections.forEach(PodConnection::start);
    }

    /** Leads to a port of the pod. */
    interface Dialling {
        Socket to(int port) throws java.io.IOException, InterruptedException;
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
        return said.take();
    }

    @Override
    public void send(byte[] message) throws InterruptedException {
        int channel = message.length < 2 ? -1 : message[0] & 0xff;
        if (channel >= 0 && channel % 2 == 0 && channel / 2 < connections.size()) {
            connections.get(channel / 2).say(Arrays.copyOfRange(message, 1, message.length));
        }
    }

    @Override
    public void close() {
        said.close();
        connections.forEach(PodConnection::close);
    }
}
