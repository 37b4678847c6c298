import { IsOptional } from 'class-validator';
import { TextList } from '../fields.js';
import { isNetwork, isOrigin } from '../formats.js';

/** Who may speak to the HTTP API, and by whose word callers are known. */
export class ApiSection {
  @IsOptional()
  @TextList('a list of origins such as https://dashboard.example.com (http only on this machine)', 0, isOrigin)
  readonly corsOrigins?: string[] | null;

  @IsOptional()
  @TextList('a list of addresses and networks such as 10.0.0.0/8', 0, isNetwork)
  readonly trustedProxies?: string[] | null;
}
