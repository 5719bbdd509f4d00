/** The Kubernetes API over the store. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.apiserver {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.store;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.vertx.core;
    requires java.naming;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;

    exports dev.fairlead.apiserver;
    exports dev.fairlead.apiserver.access;
    exports dev.fairlead.apiserver.answer;
    exports dev.fairlead.apiserver.http;
    exports dev.fairlead.apiserver.pki;
}
