// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.time.Time;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Does what probes and hooks of one container ask for. Blocks; made for virtual threads.
 *
 * @param exec runs commands in the container
 */
public record Actions(ContainerSpec container, Sandbox sandbox, Exec exec, Time time) {
    /** Does {@code action} within {@code timeout}. */
    public ActionResult run(Action action, Duration timeout) throws InterruptedException {
        return switch (action) {
            case Action.HttpGet get -> http(get, timeout);
            case Action.TcpSocket tcp -> tcp(tcp, timeout);
            case Action.Exec(List<String> command) -> exec.run(command, timeout);
            case Action.Sleep(Duration duration) -> sleep(duration.compareTo(timeout) < 0 ? duration : timeout);
            case Action.Grpc(int port, String service) -> grpc(port, service, timeout);
        };
    }

    private ActionResult http(Action.HttpGet get, Duration timeout) {
        OptionalInt port = container.resolve(get.port());
        if (port.isEmpty()) {
            return noPort(get.port());
        }
        try (SocketChannel channel = sandbox.socket()) {
            InetSocketAddress address = connect(channel, get.host(), port.getAsInt(), timeout);
            int status = HttpProbe.status(channel.socket(), get, address, timeout);
            return status >= 200 && status < 400
                    ? new ActionResult(true, "HTTP status " + status)
                    : ActionResult.failed("HTTP probe failed with statuscode: " + status);
        } catch (SocketTimeoutException late) {
            return ActionResult.failed("no answer to GET " + get.path() + " within " + timeout.toMillis() + " ms");
        } catch (IOException refused) {
            return ActionResult.failed(
                    "GET " + get.path() + " on port " + port.getAsInt() + ": " + ActionResult.text(refused));
        }
    }

    private ActionResult tcp(Action.TcpSocket tcp, Duration timeout) {
        OptionalInt port = container.resolve(tcp.port());
        if (port.isEmpty()) {
            return noPort(tcp.port());
        }
        try (SocketChannel channel = sandbox.socket()) {
            connect(channel, tcp.host(), port.getAsInt(), timeout);
            return new ActionResult(true, "");
        } catch (IOException refused) {
            return ActionResult.failed("connect to port " + port.getAsInt() + ": " + ActionResult.text(refused));
        }
    }

    private ActionResult grpc(int port, String service, Duration timeout) {
        try (SocketChannel channel = sandbox.socket()) {
            InetSocketAddress address = connect(channel, "", port, timeout);
            return GrpcProbe.check(channel.socket(), HttpProbe.host(address), service);
        } catch (SocketTimeoutException late) {
            return ActionResult.failed("no answer to a gRPC health check within " + timeout.toMillis() + " ms");
        } catch (EOFException closed) {
            return ActionResult.failed("gRPC on port " + port + ": the connection was closed without an answer");
        } catch (IOException refused) {
            return ActionResult.failed("gRPC on port " + port + ": " + ActionResult.text(refused));
        }
    }

    private InetSocketAddress connect(SocketChannel channel, String host, int port, Duration timeout)
            throws IOException {
        InetAddress address =
                host.isEmpty() ? Inet.address(sandbox.addresses().getFirst()) : InetAddress.getByName(host);
        InetSocketAddress target = new InetSocketAddress(address, port);
        Socket socket = channel.socket();
        socket.setSoTimeout((int) timeout.toMillis());
        socket.connect(target, (int) timeout.toMillis());
        return target;
    }

    private ActionResult sleep(Duration duration) throws InterruptedException {
        await(time, new CompletableFuture<>(), duration);
        return new ActionResult(true, "");
    }

    /** Waits for {@code event}, well or not, at most for {@code bound}; whether it came. */
    static boolean await(Time time, CompletableFuture<?> event, Duration bound) throws InterruptedException {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        Time.Timer timer = time.schedule(bound, () -> over.complete(true));
        try {
            CompletableFuture.anyOf(event, over).get();
        } catch (ExecutionException failed) {
            return true;
        } finally {
            timer.cancel();
        }
        return event.isDone();
    }

    private ActionResult noPort(Object port) {
        return ActionResult.failed("container " + container.name() + " declares no port named \"" + port + "\"");
    }
}
