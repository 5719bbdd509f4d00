// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.exchange.Messages;
import dev.fairlead.wire.exchange.RunningCommand;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running command as messages on channels; the last one tells how it ended. */
final class CommandTalk implements Messages {
    private static final int PIECE = 32 * 1024;

    private final RunningCommand command;
    private final Outbox said = new Outbox();
    private final Outbox heard = new Outbox();

    /** @param input whether the client says something; else the command's input ends at once */
    CommandTalk(RunningCommand command, boolean input) {
        this.command = command;
        if (!input) {
            heard.finish();
        }
    }

    /** Starts to listen and to tell. */
    CommandTalk start() throws InterruptedException {
        said.put(new byte[] {Channels.OUTPUT}); // tells the client that the command has begun
        thread("input", this::tell);
        List<Thread> listeners = new ArrayList<>();
        listeners.add(thread("output", () -> listen(command.output(), Channels.OUTPUT)));
        listeners.add(thread("errors", () -> listen(command.errors(), Channels.ERRORS)));
        thread("end", () -> {
            int code = command.await();
            for (Thread listener : listeners) {
                listener.join();
            }
            said.put(Channels.outcome(code));
            said.finish();
        });
        return this;
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
        return said.take();
    }

    @Override
    public void send(byte[] message) throws InterruptedException {
        if (message.length < 2) {
            return;
        }
        switch (message[0] & 0xff) {
            case Channels.INPUT -> heard.put(Arrays.copyOfRange(message, 1, message.length));
            case Channels.RESIZE -> resize(Arrays.copyOfRange(message, 1, message.length));
            case Channels.CLOSE -> {
                if (message[1] == Channels.INPUT) {
                    heard.finish();
                }
            }
            default -> {} // nothing is known of it, as in Kubernetes
        }
    }

    @Override
    public void close() {
        said.close();
        heard.close();
        command.close();
    }

    private void resize(byte[] json) {
        try {
            Tree size = new Tree(Json.object(json));
            command.resize((int) size.whole("Width", 0), (int) size.whole("Height", 0));
        } catch (SyntaxException nonsense) {
            // a terminal keeps its size then
        }
    }

    private void tell() throws IOException, InterruptedException {
        try (OutputStream input = command.input()) {
            for (byte[] piece = heard.take(); piece != null; piece = heard.take()) {
                input.write(piece);
            }
        } finally {
            heard.close(); // who goes on talking does not wait for a command that has stopped to listen
        }
    }

    private void listen(InputStream stream, int channel) throws IOException, InterruptedException {
        byte[] buffer = new byte[PIECE];
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
            said.put(Channels.message(channel, buffer, count));
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static Thread thread(String name, Work work) {
        return Thread.ofPlatform().daemon().name("command-" + name).start(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException over) {
                // the command has ended, or the client has left
            }
        });
    }
}
