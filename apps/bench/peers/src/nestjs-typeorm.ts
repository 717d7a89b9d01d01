import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpStatus,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  type RawBodyRequest,
  UnauthorizedException,
  UnprocessableEntityException,
  UseGuards,
  ValidationPipe,
} from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import { Transform, Type } from "class-transformer"
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from "class-validator"
import type { IncomingMessage } from "node:http"
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from "typeorm"
import { envelope, primaryOf, readAll } from "./phone-number.ts"
import { ACCOUNT_ID, file, sayWhere } from "./settings.ts"
import { isSigned } from "./signature.ts"
import { makeTables } from "./tables.ts"

const Trimmed = () => Transform(({ value }) => (typeof value === "string" ? value.trim() : value))
const Digits = () => Transform(({ value }) => (Number.isSafeInteger(value) ? String(value) : value))

class PhoneNumberInput {
  @IsOptional() @Trimmed() @IsString() @MaxLength(20) label?: string | null
  @IsOptional() @Digits() @IsString() country_code?: string | null
  @Trimmed() @IsString() @Length(1, 64) number!: string
  @IsOptional() @Digits() @Matches(/^\d{0,15}$/u) extension?: string | null
  @IsOptional() @IsBoolean() is_primary?: boolean | null
}

class CreateInput {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => PhoneNumberInput)
  phone_numbers!: Array<PhoneNumberInput>
}

@Entity("clients")
class Client {
  @PrimaryGeneratedColumn() id!: number
  @Column({ name: "account_id", type: "integer" }) accountId!: number
  @Column({ type: "text" }) name!: string
}

@Entity("phone_numbers")
class PhoneNumber {
  @PrimaryGeneratedColumn() id!: number
  @Column({ name: "client_id", type: "integer" }) clientId!: number
  @Column({ type: "text", nullable: true }) label!: string | null
  @Column({ name: "country_code", type: "text" }) countryCode!: string
  @Column({ type: "text" }) number!: string
  @Column({ name: "raw_number", type: "text" }) rawNumber!: string
  @Column({ type: "text", nullable: true }) extension!: string | null
  @Column({ type: "text" }) e164!: string
  @Column({ type: "text" }) typed!: string
  @Column({ name: "is_primary", type: "boolean" }) isPrimary!: boolean
  @Column({ name: "updated_at", type: "integer" }) updatedAt!: number
}

makeTables(file)
const dataSource = await new DataSource({
  type: "better-sqlite3",
  database: file,
  entities: [Client, PhoneNumber],
  enableWAL: true,
  prepareDatabase: (database) => database.pragma("synchronous = FULL"),
}).initialize()

/** TypeORM has one connection to SQLite and lets transactions that overlap mix on it: one begins where another has ended. */
let last: Promise<unknown> = Promise.resolve()
const alone = <A>(work: () => Promise<A>): Promise<A> => {
  const result = last.then(work)
  last = result.catch(() => {})
  return result
}

@Injectable()
class SignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<IncomingMessage>>()
    const { method = "", url: target = "", headers, rawBody: body = Buffer.alloc(0) } = request
    const { host, "x-token": token, "x-signature": signature } = headers
    if (!isSigned({ method, host, target, token, signature, body })) throw new UnauthorizedException()
    return true
  }
}

@Injectable()
class PhoneNumbersService {
  create(clientId: number, items: Array<PhoneNumberInput>) {
    const rows = readAll(clientId, items)
    if (rows === undefined) throw new UnprocessableEntityException()
    return alone(() =>
      dataSource.transaction(async (manager) => {
        if (!(await manager.existsBy(Client, { id: clientId, accountId: ACCOUNT_ID }))) throw new NotFoundException()
        const { index, onlyIfFirst } = primaryOf(items)
        const primary = onlyIfFirst && (await manager.existsBy(PhoneNumber, { clientId })) ? -1 : index
        if (primary >= 0) {
          const { updatedAt } = rows[primary]!
          await manager.update(PhoneNumber, { clientId, isPrimary: true }, { isPrimary: false, updatedAt })
        }
        const numbers = rows.map((row, at) => Object.assign(row, { isPrimary: at === primary }))
        // `save` would look each of them up first.
        const { identifiers } = await manager.insert(PhoneNumber, numbers)
        return envelope(numbers.map((number, at) => Object.assign(number, { id: Number(identifiers[at]!["id"]) })))
      }),
    )
  }
}

@Controller("v9/clients/:client_id/phone_numbers")
@UseGuards(SignatureGuard)
class PhoneNumbersController {
  constructor(private readonly phoneNumbers: PhoneNumbersService) {}

  @Post()
  create(@Param("client_id") clientId: string, @Body() input: CreateInput) {
    return this.phoneNumbers.create(Number(clientId), input.phone_numbers)
  }
}

@Module({ controllers: [PhoneNumbersController], providers: [PhoneNumbersService, SignatureGuard] })
// To Nest a module is its decorator.
// oxlint-disable-next-line typescript/no-extraneous-class
class AppModule {}

const app = await NestFactory.create(AppModule, { rawBody: true, logger: false })
app.useGlobalPipes(
  new ValidationPipe({ transform: true, whitelist: true, errorHttpStatusCode: HttpStatus.UNPROCESSABLE_ENTITY }),
)
await app.listen(Number(process.env["PORT"] ?? 0), process.env["HOST"] ?? "127.0.0.1")
process.once("SIGTERM", () => void app.close().then(() => process.exit()))
const pragma = async (name: string) =>
  (await dataSource.query<Array<Record<string, unknown>>>(`PRAGMA ${name}`))[0]![name]
sayWhere(await app.getUrl(), await pragma("journal_mode"), await pragma("synchronous"))
