// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.names;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** Lets {@link InetAddress} find the names of clusters; all others go to the JVM's own resolver. Found by {@code ServiceLoader}. */
public final class ClusterResolverProvider extends InetAddressResolverProvider {
    /** For {@code ServiceLoader}. */
    public ClusterResolverProvider() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver builtIn = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return ClusterNames.concerns(host)
                        ? ClusterNames.resolve(host).stream()
                        : builtIn.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return builtIn.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "fairlead";
    }
}
