// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests by other methods than GET switch protocols: kubectl before 1.30 asks for SPDY by POST.
 *
 * <p>How this works: Vert.x hands over connections of GETs only. Behind the decoder of each HTTP/1 connection stands a
 * handler that makes a GET of a request without a body that asks for an upgrade, and notes its method in a header, which
 * {@link #method} gives back. Whatever the client sends under that name is dropped. To come by the connections' pipelines, a
 * transport looks on while Netty accepts them; each is found again by the client's address and port.
 */
final class Upgrades {
    /** Where the method of a request that became a GET is noted. */
    static final String METHOD = "x-fairlead-method";

    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final Map<String, Channel> accepted = new ConcurrentHashMap<>();

    /** The method a request came with. */
    static String method(HttpServerRequest request) {
        String noted = request.version() == HttpVersion.HTTP_2 ? null : request.getHeader(METHOD);
        return noted == null ? request.method().name() : noted;
    }

    /** The transport that Vert.x prefers, or else its usual one; the connections it accepts can be {@link #admit admitted}. */
    Transport transport() {
        Transport fast = Transport.nativeTransport();
        Transport base = fast != null && fast.available() ? fast : Transport.NIO;
        return new WatchedTransport.Named(base.name(), new WatchedTransport(base.implementation(), Acceptance::new));
    }

    /** Takes note of connections. */
    @Sharable
    private final class Acceptance extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel channel && channel.remoteAddress() instanceof InetSocketAddress client) {
                String key = key(client.getAddress().getHostAddress(), client.getPort());
                accepted.put(key, channel);
                channel.closeFuture().addListener(_ -> accepted.remove(key, channel));
            }
            context.fireChannelRead(message);
        }
    }

    private static String key(@Nullable String host, int port) {
        return host + " " + port;
    }

    /**
     * Takes a connection whose protocol is agreed on; on its event loop, before its first request.
     *
     * @return its channel; null when it is not known
     */
    @Nullable
    Channel admit(HttpConnection connection) {
        Channel channel = accepted.remove(key(
                connection.remoteAddress().hostAddress(),
                connection.remoteAddress().port()));
        if (channel == null) {
            return null;
        }
        ChannelHandlerContext decoder = channel.pipeline().context(HttpRequestDecoder.class);
        if (decoder != null) {
            channel.pipeline().addAfter(decoder.name(), "upgrades", new Rewriting());
        }
        return channel;
    }

    private static final class Rewriting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                request.headers().remove(METHOD);
                if (METHODS.contains(request.method()) && switches(request)) {
                    request.headers().set(METHOD, request.method().name());
                    request.setMethod(HttpMethod.GET);
                }
            }
            context.fireChannelRead(message);
        }

        /** WebSockets begin with a GET, so one that does not is left to be refused. */
        private static boolean switches(HttpRequest request) {
            String protocol = request.headers().get(HttpHeaderNames.UPGRADE);
            return protocol != null
                    && !protocol.equalsIgnoreCase(HttpHeaderValues.WEBSOCKET.toString())
                    && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                    && !HttpUtil.isTransferEncodingChunked(request)
                    && HttpUtil.getContentLength(request, 0L) == 0;
        }
    }
}
