// The microservice: takes orders as events, and answers how many there are.

import { Controller, Inject, Injectable, Module } from '@nestjs/common'
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices'

export interface Order {
  readonly id: string
}

@Injectable()
export class OrderBook {
  readonly ids: string[] = []
}

@Controller()
export class OrdersController {
  constructor(@Inject(OrderBook) private readonly book: OrderBook) {}

  @EventPattern('orders')
  placed(@Payload() order: Order): void {
    this.book.ids.push(order.id)
  }

  @MessagePattern('orders.count')
  count(): { count: number } {
    return { count: this.book.ids.length }
  }
}

@Module({ controllers: [OrdersController], providers: [OrderBook] })
export class AppModule {}
