import { BlockList, isIP } from 'node:net';

/** Which addresses messages may be sent to. */
export interface AddressPolicy {
  /** Schemes of a target's address. */
  readonly protocols: readonly string[];
  /** `address`: an IPv4 or IPv6 address as text. */
  allows(address: string): boolean;
}

/** IANA's special-purpose registries: what is not an address of the public internet (RFC 6890 and its updates). */
const IPV4_SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local, and where clouds answer with their metadata.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
];
/** Only 2000::/3 is given out to the public; within it these are not. 2002::/16 and 2001::/32 wrap an IPv4 address. */
const IPV6_PUBLIC = '2000::/3';
const IPV6_SPECIAL = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const listOf = (family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits] = subnet.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
};

/**
 * Only addresses of the public internet, over https. An IPv6 address that stands for an IPv4 one (mapped, translated, 6to4, Teredo)
 * is none of them: no public receiver is named by such.
 */
export function publicOnly(): AddressPolicy {
  const v4 = listOf('ipv4', IPV4_SPECIAL);
  const v6 = listOf('ipv6', [IPV6_PUBLIC]);
  const v6Special = listOf('ipv6', IPV6_SPECIAL);
  return {
    protocols: ['https:'],
    allows(address) {
      switch (isIP(address)) {
        case 4:
          return !v4.check(address);
        case 6:
          // A zone belongs to link-local addresses alone.
          return !address.includes('%') && v6.check(address, 'ipv6') && !v6Special.check(address, 'ipv6');
        default:
          return false;
      }
    },
  };
}

/** For tests and the demo, whose receivers stand on this machine: loopback alone, also without TLS. Never for a real service. */
export function loopbackOnly(): AddressPolicy {
  const v4 = listOf('ipv4', ['127.0.0.0/8']);
  return {
    protocols: ['https:', 'http:'],
    allows: (address) => (isIP(address) === 4 ? v4.check(address) : address === '::1'),
  };
}
