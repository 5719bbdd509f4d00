/** Benchmarks with committed results. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.bench {
    requires static transitive org.jspecify;
    requires dev.fairlead.cli;
    requires dev.fairlead.agent;
    requires dev.fairlead.client;
    requires dev.fairlead.controllers;
    requires dev.fairlead.core;
    requires dev.fairlead.dataplane;
    requires dev.fairlead.wire;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires java.management;
    requires jdk.management;
}
